-- What time does to a session: from when on it is forgotten, told once with the time at which that was due, whoever comes to it.
-- Returns it as it is then. For the owner's functions.
create function fn.session_forget(s session, at timestamptz) returns session
language plpgsql volatile as $$
declare
  due timestamptz := fn.session_forgotten_at(s);
begin
  if s.finished_at is not null or s.forgotten_at is not null or due > at then
    return s;
  end if;
  update session k set forgotten_at = due, version = k.version + 1 where k.id = s.id returning * into s;
  insert into event (at, kind, firm_id, object_id, data)
    select due, 'session.forgotten', s.firm_id, s.id, jsonb_build_object('resource', r.code, 'booking', s.booking_id)
      from resource r where r.id = s.resource_id;
  return s;
end $$;
