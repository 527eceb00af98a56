-- Applies the resources.
create function fn.site_put_resources(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into resource (id, site_id, code, kind, name, name_en, is_active, charge_basis, tolerance_s, bills_unobserved)
      select fn.id_new(at), s.id, r.code, r.kind, r.name, r.name_en, coalesce(r.is_active, true),
          coalesce(r.charge_basis, 'used'), coalesce(r.tolerance_s, 600), coalesce(r.bills_unobserved, false)
        from fn.doc_rows(doc, 'resources') d
          cross join jsonb_to_record(d.item) as r (code text, kind text, name text, name_en text, is_active boolean,
            charge_basis text, tolerance_s integer, bills_unobserved boolean)
          join site s on s.code = doc #>> '{site,code}'
      on conflict (code) do update set
      kind = excluded.kind,
      name = excluded.name,
      name_en = excluded.name_en,
      is_active = excluded.is_active,
      charge_basis = excluded.charge_basis,
      tolerance_s = excluded.tolerance_s,
      bills_unobserved = excluded.bills_unobserved
      where (resource.kind, resource.name, resource.name_en, resource.is_active, resource.charge_basis, resource.tolerance_s, resource.bills_unobserved)
        is distinct from (excluded.kind, excluded.name, excluded.name_en, excluded.is_active, excluded.charge_basis, excluded.tolerance_s, excluded.bills_unobserved)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
