-- The reply that an Idempotency-Key of this person already has, as it was answered; {"outcome": "key_reused"} when it was
-- given to another request. Null for a new key, which this transaction holds from now on, and without one.
create function fn.key_known(by_person uuid, key text, request_hash bytea) returns jsonb
language plpgsql volatile as $$
declare
  known idempotency;
begin
  if key is null then
    return null;
  end if;
  perform fn.key_lock(by_person, key_known.key);
  select i.* into known from idempotency i where i.person_id = by_person and i.key = key_known.key;
  if known.request_hash <> key_known.request_hash then
    return jsonb_build_object('outcome', 'key_reused');
  end if;
  return known.reply;
end $$;
