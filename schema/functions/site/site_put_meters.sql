-- Applies the meters.
create function fn.site_put_meters(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into meter (id, resource_id, code, profile, host, port, modbus_unit, poll_ms, timeout_ms, rated_w, is_active)
      select fn.id_new(at), r.id, m.code, m.profile, m.host, m.port, m.modbus_unit, m.poll_ms,
          coalesce(m.timeout_ms, 500), m.rated_w, coalesce(m.is_active, true)
        from fn.doc_rows(doc, 'meters') d
          cross join jsonb_to_record(d.item) as m (code text, resource text, profile text, host text, port integer,
            modbus_unit smallint, poll_ms integer, timeout_ms integer, rated_w integer, is_active boolean)
          join resource r on r.code = m.resource
      on conflict (code) do update set
      resource_id = excluded.resource_id,
      profile = excluded.profile,
      host = excluded.host,
      port = excluded.port,
      modbus_unit = excluded.modbus_unit,
      poll_ms = excluded.poll_ms,
      timeout_ms = excluded.timeout_ms,
      rated_w = excluded.rated_w,
      is_active = excluded.is_active
      where (meter.resource_id, meter.profile, meter.host, meter.port, meter.modbus_unit, meter.poll_ms, meter.timeout_ms, meter.rated_w, meter.is_active)
        is distinct from (excluded.resource_id, excluded.profile, excluded.host, excluded.port, excluded.modbus_unit, excluded.poll_ms, excluded.timeout_ms, excluded.rated_w, excluded.is_active)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
