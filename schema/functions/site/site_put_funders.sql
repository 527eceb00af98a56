-- Applies the funders.
create function fn.site_put_funders(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into funder (id, code, name)
      select fn.id_new(at), d.item ->> 'code', d.item ->> 'name' from fn.doc_rows(doc, 'funders') d
      on conflict (code) do update set
      name = excluded.name
      where funder.name is distinct from excluded.name
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
