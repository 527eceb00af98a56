-- Somebody has come: the booking is no longer missed when its time comes. One row: 'ok' with the booking, or a refusal:
--   key_reused, those of fn.booking_lock, conflict (somebody has come before: actual), too_early (limit: from when),
--   in_the_past (limit: its end)
create function fn.booking_check_in(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer)
returns fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  locked record;
  b booking;
  reply fn.booking_reply;
begin
  reply := fn.booking_known(by_person, key, request_hash);
  if reply.outcome is not null then
    return reply;
  end if;
  locked := fn.booking_lock(booking_check_in.id, booking_check_in.version, booking_check_in.at, '{confirmed}');
  b := locked.b;
  reply := locked.refusal;
  if reply.outcome is not null then
    return reply;
  elsif b.checked_in_at is not null then
    return fn.booking_refuse('conflict', null, null, fn.instant_text(b.checked_in_at));
  elsif booking_check_in.at < b.check_in_from then
    return fn.booking_refuse('too_early', null, fn.instant_text(b.check_in_from), fn.instant_text(booking_check_in.at));
  elsif booking_check_in.at >= b.ends_at then
    return fn.booking_refuse('in_the_past', null, fn.instant_text(b.ends_at), fn.instant_text(booking_check_in.at));
  end if;
  perform fn.booking_keep(b, 'checked_in', booking_check_in.at, by_person, null);
  update booking k set checked_in_at = booking_check_in.at, version = k.version + 1 where k.id = b.id returning * into b;
  perform fn.booking_event(booking_check_in.at, 'booking.checked_in', b);
  return fn.booking_reply_keep(by_person, key, request_hash, booking_check_in.at, b);
end $$;
