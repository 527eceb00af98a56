-- Applies register maps of meters that the program does not bring along.
create function fn.site_put_profiles(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into profile (code, doc)
      select d.item ->> 'code', d.item -> 'doc' from fn.doc_rows(site_put_profiles.doc, 'profiles') d
      on conflict (code) do update set
      doc = excluded.doc
      where profile.doc is distinct from excluded.doc
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
