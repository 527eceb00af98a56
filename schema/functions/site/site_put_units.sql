-- Makes the units that the capacities ask for. Fewer are a fault, see site_faults_stored. Their ids are random: the index of the
-- claims' constraint tells units apart by the first 53 bits of their ids, which all of one instant share in UUIDv7; with those it
-- would be one heap of everybody's claims, 2.5 times as slow to read.
create function fn.site_put_units(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into unit (id, resource_id, ordinal)
      select gen_random_uuid(), r.id, ordinal
        from fn.doc_rows(doc, 'resources') d
          join resource r on r.code = d.item ->> 'code'
          cross join generate_series(1, coalesce((d.item ->> 'capacity')::integer, 1)) ordinal
        order by r.id, ordinal
      on conflict do nothing
      returning id
  )
  select count(*), 0::bigint, 0::bigint from done
$$;
