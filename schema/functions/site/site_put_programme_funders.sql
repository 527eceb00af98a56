-- Applies who funds the programmes; their order is the file's.
create function fn.site_put_programme_funders(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with wanted as (
    select p.id as programme_id, f.id as funder_id, (d.item ->> 'weight')::bigint as weight,
        (row_number() over (partition by p.id order by d.n))::smallint as ordinal
      from fn.doc_rows(doc, 'programme_funders') d
        join programme p on p.code = d.item ->> 'programme'
        join funder f on f.code = d.item ->> 'funder'
  ), done as (
    insert into programme_funder (programme_id, funder_id, ordinal, weight)
      select w.programme_id, w.funder_id, w.ordinal, w.weight from wanted w
      on conflict (programme_id, funder_id) do update set ordinal = excluded.ordinal, weight = excluded.weight
        where (programme_funder.ordinal, programme_funder.weight) is distinct from (excluded.ordinal, excluded.weight)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
