-- Applies the qualifications. What the file does not name stays.
create function fn.site_put_qualifications(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into qualification (id, person_id, firm_id, resource_id, valid)
      select fn.id_new(at), p.id, p.firm_id, r.id,
          tstzrange((d.item ->> 'valid_from')::timestamptz, (d.item ->> 'valid_to')::timestamptz)
        from fn.doc_rows(doc, 'qualifications') d
          join person p on p.code = d.item ->> 'person'
          join resource r on r.code = d.item ->> 'resource'
      on conflict (person_id, resource_id, lower(valid)) do update set
      valid = excluded.valid
      where qualification.valid is distinct from excluded.valid
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
