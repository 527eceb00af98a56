-- Disputes a usage. One row: outcome ('ok', key_reused, not_found, closed_period, already_disputed, review_over), pointer,
-- limit_value, actual_value, then the dispute. See functions/usage/dispute_raise.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: usage; $6 text: reason
select * from fn.dispute_raise($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::text);
