-- The reply that an Idempotency-Key of this person already has: 'ok' with the booking as it was answered, or key_reused when
-- it was given to another request. Null for a new key, which this transaction holds from now on.
create function fn.booking_known(by_person uuid, key text, request_hash bytea) returns fn.booking_reply
language plpgsql volatile as $$
begin
  return jsonb_populate_record(null::fn.booking_reply, fn.key_known(by_person, booking_known.key, booking_known.request_hash));
end $$;
