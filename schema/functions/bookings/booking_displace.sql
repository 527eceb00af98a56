-- Cancels a booking for the lab, free of charge: something else needs its time. Its locks are held. Runs as the owner, for a
-- caller who sees everything.
create function fn.booking_displace(by_person uuid, at timestamptz, booking uuid, reason text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held record;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'displacing needs the scope of the whole lab';
  end if;
  select * into held
    from fn.booking_lock(booking, null, booking_displace.at, array['offered', 'pending', 'confirmed']);
  if (held.refusal).outcome is not null then
    raise serialization_failure using message = 'the booking has changed meanwhile';
  end if;
  perform fn.booking_void(held.b, booking_displace.at, by_person, booking_displace.reason, 0);
end $$;
