-- The reply to a keyed write on a booking: shown, and kept with its key.
create function fn.booking_reply_keep(by_person uuid, key text, request_hash bytea, at timestamptz, b booking)
returns fn.booking_reply
language plpgsql volatile as $$
declare
  reply fn.booking_reply := fn.booking_show(b);
begin
  perform fn.key_keep(by_person, booking_reply_keep.key, booking_reply_keep.request_hash, booking_reply_keep.at, b.firm_id,
                      to_jsonb(reply));
  return reply;
end $$;
