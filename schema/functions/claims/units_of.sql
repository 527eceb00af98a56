-- The units that a resource is made of: its own, or those of its parts when it has none.
create function fn.units_of(resource uuid) returns setof uuid
language sql stable as $$
  select u.id from unit u where u.resource_id = units_of.resource
  union all
  select u.id from resource_part p join unit u on u.resource_id = p.part_id
    where p.resource_id = units_of.resource and not exists (select from unit own where own.resource_id = units_of.resource)
$$;
