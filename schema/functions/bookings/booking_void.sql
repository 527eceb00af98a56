-- Cancels a booking, whatever the reason: row, claims, holds, history, event. `by_person` null: time itself. The caller holds
-- its locks (fn.booking_lock). For the owner's functions.
create function fn.booking_void(b booking, at timestamptz, by_person uuid, reason text, fee bigint) returns booking
language plpgsql volatile as $$
declare
  was_offered boolean := b.status = 'offered';
begin
  perform fn.booking_keep(b, 'cancelled', booking_void.at, by_person, booking_void.reason);
  update booking k set status = 'cancelled', cancelled_at = booking_void.at, cancelled_by = by_person,
      cancel_reason = booking_void.reason, fee = booking_void.fee,
      fee_kind = case when booking_void.fee > 0 then 'late_cancellation' end, version = k.version + 1
    where k.id = b.id
    returning * into b;
  perform fn.claims_release(b.id, null);
  perform fn.budget_release(b.id, booking_void.at, 'cancelled');
  perform fn.booking_event(booking_void.at, 'booking.cancelled', b,
                           jsonb_build_object('reason', b.cancel_reason, 'fee', b.fee, 'freed',
                             fn.spans_json(array[b.during * tstzrange(booking_void.at, null)])));
  if was_offered then
    perform fn.waitlist_follow(b.id, booking_void.at);
  end if;
  return b;
end $$;
