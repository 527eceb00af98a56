-- The unit for a session that begins now: the booking's, unless it is somebody else's at the moment; without a booking the first
-- that is neither in use nor claimed. Null when there is none.
create function fn.session_unit(at timestamptz, resource uuid, booking uuid) returns uuid
language sql stable as $$
  select u.id from unit u
    where u.resource_id = resource
      and case when booking is not null
               then exists (select from claim own where own.unit_id = u.id and own.live and own.booking_id = booking)
               else not exists (select from session s
                                  where s.unit_id = u.id and tstzrange(s.started_at, s.finished_at) && tstzrange(at, null)) end
      and not exists (select from claim c
                        where c.unit_id = u.id and c.live and c.during @> at and c.booking_id is distinct from booking)
    order by u.ordinal limit 1
$$;
