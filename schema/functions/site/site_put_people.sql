-- Applies the people.
create function fn.site_put_people(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into person (id, firm_id, code, name, roles, is_active)
      select fn.id_new(at), f.id, d.item ->> 'code', d.item ->> 'name',
          array(select jsonb_array_elements_text(d.item -> 'roles')), coalesce((d.item ->> 'is_active')::boolean, true)
        from fn.doc_rows(doc, 'people') d left join firm f on f.code = d.item ->> 'firm'
      on conflict (code) do update set
      firm_id = excluded.firm_id,
      name = excluded.name,
      roles = excluded.roles,
      is_active = excluded.is_active
      where (person.firm_id, person.name, person.roles, person.is_active)
        is distinct from (excluded.firm_id, excluded.name, excluded.roles, excluded.is_active)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
