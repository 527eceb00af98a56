-- Declines a pending booking (who may approve its next step), or an offer (its firm). One row; columns of fn.booking_reply.
-- See functions/bookings/booking_decline.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: booking; $6 bigint: version (If-Match); $7 text[]: roles of who asks; $8 text: reason or null
select * from fn.booking_decline($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer,
  $7::text[], $8::text);
