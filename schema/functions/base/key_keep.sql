-- Keeps a reply with its Idempotency-Key, for ever; without a key nothing.
create function fn.key_keep(by_person uuid, key text, request_hash bytea, at timestamptz, firm uuid, reply jsonb)
returns void
language plpgsql volatile as $$
begin
  if key is not null then
    insert into idempotency (person_id, key, firm_id, request_hash, reply, at)
      values (by_person, key_keep.key, firm, key_keep.request_hash, key_keep.reply, key_keep.at);
  end if;
end $$;
