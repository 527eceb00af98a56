-- Cancels the rest of a series. Columns of fn.series_cancelled. See functions/series/series_cancel.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: series; $6 bigint: its version; $7 timestamptz: those that start then or later, null for now; $8 boolean: of the lab
-- $9 text: why, or null
select * from fn.series_cancel($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer, $7::timestamptz,
  $8::boolean, $9::text);
