-- Keeps a reply with its Idempotency-Key, for ever; without a key nothing.
create function fn.key_keep(by_person uuid, key text, request_hash bytea, at timestamptz, firm uuid, reply jsonb)
returns void
language sql volatile as $$
  insert into idempotency (person_id, key, firm_id, request_hash, reply, at)
    select key_keep.by_person, key_keep.key, key_keep.firm, key_keep.request_hash, key_keep.reply, key_keep.at
      where key_keep.key is not null
$$;
