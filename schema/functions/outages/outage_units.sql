-- What an outage takes: all units of the resource (of its parts, when it has none of its own), or without one of the whole
-- site.
create function fn.outage_units(site uuid, resource uuid) returns table (unit_id uuid, resource_id uuid)
language sql stable as $$
  select u.id, u.resource_id
    from unit u
    where (outage_units.resource is not null and u.id in (select i from fn.units_of(outage_units.resource) i))
       or (outage_units.resource is null
           and u.resource_id in (select r.id from resource r where r.site_id = outage_units.site and r.is_active))
$$;
