-- Asks for a billing run. One row: outcome ('ok', key_reused), pointer, limit_value, actual_value, then the run.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: id of the new run; $6 uuid: site; $7 date: first day of the month; $8 uuid: firm, or null for all
select * from fn.billing_run_create($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::uuid, $7::date, $8::uuid);
