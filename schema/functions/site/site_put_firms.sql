-- Applies the firms.
create function fn.site_put_firms(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into firm (id, code, name, registration_number, is_blocked)
      select fn.id_new(at), f.code, f.name, f.registration_number, coalesce(f.is_blocked, false)
        from fn.doc_rows(doc, 'firms') d
          cross join jsonb_to_record(d.item) as f (code text, name text, registration_number text, is_blocked boolean)
      on conflict (code) do update set
      name = excluded.name,
      registration_number = excluded.registration_number,
      is_blocked = excluded.is_blocked
      where (firm.name, firm.registration_number, firm.is_blocked)
        is distinct from (excluded.name, excluded.registration_number, excluded.is_blocked)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
