-- Makes usages of bookings whose time is over and that had no session: a late cancellation's or a no-show's fee, and what was
-- reserved where a booking finishes by itself. Returns how many bookings it settled; at most `most`, so that a transaction
-- stays short.
--
-- Resale credit, by the minute: fee x whole minutes of the freed time that others used (see fn.usage_resold) / whole minutes
-- booked, rounded half away from zero. A booking waits as long as it is open whether one of those will be used: so the credit is
-- the same whenever this is called.
--
-- Runs as the owner, to hold the bookings still.
create function fn.usage_settle(at timestamptz, most bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  b booking;
  resold record;
  count bigint := 0;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'bookings are settled for everybody at once';
  end if;
  for b in
    select k.* from booking k
      where not k.is_settled and (k.status in ('cancelled', 'missed') and k.fee > 0 or k.status = 'finished' and k.finishes_itself)
        and k.ends_at <= usage_settle.at
        and (k.fee = 0 or not k.credits_resale or not (fn.usage_resold(k, usage_settle.at)).is_open)
      order by k.ends_at, k.id
      limit most
      for no key update skip locked
  loop
    update booking k set is_settled = true where k.id = b.id;
    count := count + 1;
    continue when b.status = 'finished' and exists (select from session s where s.booking_id = b.id); -- that is its usage
    select * into resold from fn.usage_resold(b, usage_settle.at);
    perform fn.usage_of_booking(b, case when b.credits_resale then resold.minutes else 0 end, usage_settle.at);
  end loop;
  return count;
end $$;
