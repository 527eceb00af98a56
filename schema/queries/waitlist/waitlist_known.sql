-- What a key that was used before was answered; no row for a new one. Columns as waitlist_join.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key; $3 bytea: hash of the request
select r.* from fn.key_known($1::uuid, $2::text, $3::bytea) k
    cross join lateral jsonb_populate_record(null::fn.waitlist_reply, k) r
  where k is not null;
