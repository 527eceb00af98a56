-- Resources by code, with their capacity.
-- role: api, meter, jobs
select r.id, r.site_id, r.code, r.kind, r.name, r.name_en, r.is_active, r.charge_basis, r.tolerance_s, r.bills_unobserved,
    (select count(*) from unit u where u.resource_id = r.id) as capacity,
    exists (select from meter m where m.resource_id = r.id and m.is_active) as has_meter
  from resource r order by r.code;
