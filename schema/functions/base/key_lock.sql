-- Equal requests with one Idempotency-Key pass one at a time: the second finds the first one's reply.
-- A null key locks nothing. For statements that have a transaction of their own; others ask fn.lock.
create function fn.key_lock(person uuid, key text) returns void
language plpgsql volatile as $$
begin
  if key is not null then
    perform pg_advisory_xact_lock(fn.lock_key(1, person, hashtextextended(key, 0)));
  end if;
end $$;
