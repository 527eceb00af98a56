-- The reply that an Idempotency-Key of this person already has: 'ok' with the booking as it was answered, or
-- key_reused when it was given to another request. Null for a new key, which this transaction holds from now on.
create function fn.booking_known(by_person uuid, key text, request_hash bytea) returns fn.booking_reply
language plpgsql volatile as $$
declare
  known idempotency;
begin
  if key is null then
    return null;
  end if;
  perform fn.key_lock(by_person, booking_known.key);
  select i.* into known from idempotency i where i.person_id = by_person and i.key = booking_known.key;
  if not found then
    return null;
  elsif known.request_hash <> booking_known.request_hash then
    return fn.booking_refuse('key_reused', null);
  end if;
  return jsonb_populate_record(null::fn.booking_reply, known.reply);
end $$;
