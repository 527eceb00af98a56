-- Decides an open dispute. One row: outcome ('ok', key_reused, not_found, conflict, stale_version, missing_field, unknown_field,
-- too_large), pointer, limit_value, actual_value, then the dispute. See functions/usage/dispute_decide.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: usage; $6 bigint: its version (If-Match); $7 text: upheld or denied; $8 text: reason
-- $9 bigint: billable_s instead, or null; $10 bigint: fee instead, or null
select * from fn.dispute_decide($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer, $7::text, $8::text,
  $9::bigint, $10::bigint);
