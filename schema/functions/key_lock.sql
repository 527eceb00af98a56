-- Equal requests with one Idempotency-Key pass one at a time: the second finds the first one's reply.
-- A null key locks nothing.
create function fn.key_lock(person uuid, key text) returns void
language sql volatile
return case when key is not null
            then pg_advisory_xact_lock(hashtextextended(person::text || key, 7001)) end;
