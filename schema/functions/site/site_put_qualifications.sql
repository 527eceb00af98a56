-- Applies the qualifications. What the file does not name stays; a row stays as it is when it would overlap what the person was
-- given since, by a course or by hand.
create function fn.site_put_qualifications(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with wanted as (
    select p.id as person_id, p.firm_id, r.id as resource_id,
        tstzrange((d.item ->> 'valid_from')::timestamptz, (d.item ->> 'valid_to')::timestamptz) as valid
      from fn.doc_rows(doc, 'qualifications') d
        join person p on p.code = d.item ->> 'person'
        join resource r on r.code = d.item ->> 'resource'
  ), done as (
    insert into qualification (id, person_id, firm_id, resource_id, valid)
      select fn.id_new(at), w.person_id, w.firm_id, w.resource_id, w.valid
        from wanted w
        where not exists (select from qualification q
                            where (q.person_id, q.resource_id) = (w.person_id, w.resource_id) and q.valid && w.valid
                              and not exists (select from wanted o
                                                where (o.person_id, o.resource_id) = (q.person_id, q.resource_id)
                                                  and lower(o.valid) is not distinct from lower(q.valid)))
      on conflict (person_id, resource_id, lower(valid)) do update set
      valid = excluded.valid
      where qualification.valid is distinct from excluded.valid
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
