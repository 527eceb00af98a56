-- What a key that was used before was answered; no row for a new one. Columns of fn.series_reply.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key; $3 bytea: hash of the request
select * from jsonb_populate_record(null::fn.series_reply, fn.key_known($1::uuid, $2::text, $3::bytea)) where outcome is not null;
