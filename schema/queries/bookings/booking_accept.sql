-- Accepts an offer. One row; columns of fn.booking_reply. See functions/bookings/booking_accept.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: booking; $6 bigint: version (If-Match)
select * from fn.booking_accept($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer);
