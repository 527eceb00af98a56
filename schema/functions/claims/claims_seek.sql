-- The first unit of a resource that is free for a span; null when none is.
create function fn.claims_seek(resource uuid, span tstzrange) returns uuid
language plpgsql stable as $$
declare
  free uuid;
begin
  select u.id into free from unit u
    where u.resource_id = resource
      and not exists (select from claim c where c.unit_id = u.id and c.during && span and c.live)
    order by u.ordinal limit 1;
  return free;
end $$;
