-- Releases what bookings still hold long after their end (the programme's hold_expiry_s) although no session came of them.
-- Returns how many bookings it was; at most `most`, so that a transaction stays short. Runs as the owner, to hold the bookings
-- still.
create function fn.expired_holds_release(at timestamptz, most bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  b record;
  count bigint := 0;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'holds expire for everybody at once';
  end if;
  perform fn.lock('{}', '00000000-0000-0000-0000-000000000000'); -- from here on it waits for nobody
  for b in
    select k.id, k.firm_id, max(k.ends_at + p.hold_expiry_s * interval '1 second') as expired_at
      from booking k
        join budget_entry e on e.booking_id = k.id and e.kind in ('hold', 'release')
        join budget u on u.id = e.budget_id
        join programme p on p.id = u.programme_id
      where k.status in ('confirmed', 'missed') and k.support > 0 and k.ends_at < expired_holds_release.at
      group by k.id, k.firm_id
      having sum(e.amount) < 0
         and max(k.ends_at + p.hold_expiry_s * interval '1 second') <= expired_holds_release.at
      order by k.id
      limit most
  loop
    -- A session may begin at this moment: it locks the booking first, and then the hold is its own.
    continue when not fn.lock(fn.booking_touches(b.id), b.id);
    perform from booking k where k.id = b.id and k.status in ('confirmed', 'missed') for update skip locked;
    continue when not found;
    -- The time of the release is when it was due, however late the job comes to it.
    if fn.budget_release(b.id, b.expired_at, 'expired') > 0 then
      insert into event (at, kind, firm_id, object_id) values (b.expired_at, 'booking.hold_expired', b.firm_id, b.id);
      count := count + 1;
    end if;
  end loop;
  return count;
end $$;
