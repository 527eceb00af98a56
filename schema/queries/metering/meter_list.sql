-- Meters by code, with their last readings.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
select m.id, m.code, r.code as resource, m.profile, m.host, m.port, m.modbus_unit, m.poll_ms, m.is_active,
    l.at as last_at, l.power_mw, l.energy_mwh, l.contact, m.code as cursor
  from meter m
    join resource r on r.id = m.resource_id
    left join meter_progress p on p.meter_id = m.id
    left join lateral (select * from sample s
                         where s.meter_id = m.id and s.seq = p.last_seq and s.at = p.last_at) l on true
  where m.code > case when $2::text is null then '' else $2::text end
  order by m.code
  limit $1::bigint;
