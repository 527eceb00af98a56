-- Meters that are polled, by code.
-- role: api, meter, jobs
select m.id, m.resource_id, r.site_id, m.code, m.profile, m.host, m.port, m.modbus_unit, m.poll_ms, m.timeout_ms, m.rated_w
  from meter m join resource r on r.id = m.resource_id
  where m.is_active order by m.code;
