-- Accepts an offer to the waiting list: confirmed, or pending where the rules want approvals. One row: 'ok' with the booking,
-- or a refusal: key_reused, those of fn.booking_lock, offer_expired (limit: when)
create function fn.booking_accept(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer)
returns fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  locked record;
  b booking;
  reply fn.booking_reply;
  needs boolean;
begin
  reply := fn.booking_known(by_person, key, request_hash);
  if reply.outcome is not null then
    return reply;
  end if;
  locked := fn.booking_lock(booking_accept.id, booking_accept.version, booking_accept.at, '{offered}');
  b := locked.b;
  reply := locked.refusal;
  if b.status = 'cancelled' and b.cancel_reason = 'expired' then
    return fn.booking_refuse('offer_expired', null, fn.instant_text(b.cancelled_at), fn.instant_text(booking_accept.at));
  elsif reply.outcome is not null then
    return reply;
  end if;
  needs := cardinality(b.approvals) > 0;
  perform fn.booking_keep(b, 'accepted', booking_accept.at, by_person, null);
  update booking k set status = case when needs then 'pending' else 'confirmed' end, version = k.version + 1,
      expires_at = case when needs then fn.approval_until(b, booking_accept.at) end
    where k.id = b.id
    returning * into b;
  perform fn.waitlist_follow(b.id, booking_accept.at);
  perform fn.booking_event(booking_accept.at, 'booking.accepted', b, jsonb_build_object('status', b.status));
  return fn.booking_reply_keep(by_person, key, request_hash, booking_accept.at, b);
end $$;
