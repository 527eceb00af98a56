-- When a resource's units are taken, without names.
-- role: api
-- $1 uuid: resource; $2, $3 timestamptz: from and to
select u.ordinal as unit, lower(c.during) as "start", upper(c.during) as "end", c.reason
  from unit u join claim c on c.unit_id = u.id
  where u.resource_id = $1::uuid and c.live and c.during && tstzrange($2::timestamptz, $3::timestamptz)
  order by lower(c.during), u.ordinal;
