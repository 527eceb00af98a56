-- Settles whether somebody came for a booking whose no_show_at has passed: what its meter saw, or nobody. False: the meter has
-- not told yet, and may until the booking's end; after that nobody is charged for what nobody saw. For the owner's functions.
create function fn.booking_miss(b booking, at timestamptz) returns boolean
language plpgsql volatile as $$
declare
  seen_at timestamptz;
  is_seen boolean := true;
begin
  if exists (select from meter m where m.resource_id = b.resource_id and m.is_active) then
    seen_at := fn.booking_run_seen(b);
    is_seen := exists (select from run_state o where o.resource_id = b.resource_id and o.observed_until >= b.no_show_at);
  end if;
  if seen_at is not null then
    perform fn.booking_keep(b, 'checked_in', seen_at, null, null);
    update booking k set checked_in_at = seen_at, version = k.version + 1 where k.id = b.id returning * into b;
    perform fn.booking_event(seen_at, 'booking.checked_in', b);
    return true;
  elsif not is_seen and at < b.ends_at then
    return false;
  end if;
  perform fn.booking_keep(b, 'missed', b.no_show_at, null, null);
  update booking k set status = 'missed', missed_at = k.no_show_at, version = k.version + 1,
      fee = case when is_seen then k.no_show_fee else 0 end,
      fee_kind = case when is_seen and k.no_show_fee > 0 then 'no_show' end
    where k.id = b.id
    returning * into b;
  perform fn.claims_release(b.id, b.no_show_at);
  perform fn.budget_release(b.id, b.no_show_at, 'missed');
  perform fn.booking_event(b.no_show_at, 'booking.missed', b,
                           jsonb_build_object('fee', b.fee, 'freed', fn.spans_json(array[tstzrange(b.no_show_at, b.ends_at)])));
  return true;
end $$;
