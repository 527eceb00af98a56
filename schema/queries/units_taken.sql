-- When units of resources are taken, set-up and tear-down included, between two instants: by resource, unit and time.
-- role: api, jobs
-- $1 uuid[]: resources; $2, $3 timestamptz: from and to
select u.resource_id, u.id as unit_id, lower(c.during) as from_at, upper(c.during) as to_at
  from unit u join claim c on c.unit_id = u.id
  where u.resource_id = any ($1::uuid[]) and c.live and c.during && tstzrange($2::timestamptz, $3::timestamptz)
  order by u.resource_id, u.id, lower(c.during);
