-- Takes one unit of each of `resources` for `during`: all, or none. Null when all were taken, else the
-- resource that has no free unit.
--
-- Resources are visited in the order of their ids, and of each at most one unit is held, so that no two
-- transactions can wait for each other. ON CONFLICT DO NOTHING settles races: a plain INSERT against an
-- exclusion constraint deadlocks. Runs as the owner: nobody else writes claims.
create function fn.claims_take(resources uuid[], span tstzrange, booking uuid) returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  wanted uuid;
  candidate uuid;
  is_taken boolean;
begin
  if exists (select from booking b where b.id = booking and not scope_sees(b.firm_id)) then
    raise insufficient_privilege using message = 'the booking is out of scope';
  end if;
  for wanted in select r from unnest(resources) r order by r loop
    is_taken := false;
    for candidate in
      select u.id from unit u
        where u.resource_id = wanted
          and not exists (select from claim c where c.unit_id = u.id and c.during && span and c.live)
        order by u.id
    loop
      insert into claim (unit_id, during, booking_id) values (candidate, span, booking)
        on conflict do nothing;
      is_taken := found;
      exit when is_taken;
    end loop;
    if not is_taken then
      delete from claim where booking_id = booking;
      return wanted;
    end if;
  end loop;
  return null;
end $$;
