-- Resources by code; `cursor`: of the next page, after this row.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
select r.id, r.code, s.code as site, r.kind, r.name, r.name_en, r.is_active,
    (select count(*) from unit u where u.resource_id = r.id) as capacity, r.charge_basis, r.code as cursor
  from resource r join site s on s.id = r.site_id
  where $2::text is null or r.code > $2::text
  order by r.code limit $1::bigint;
