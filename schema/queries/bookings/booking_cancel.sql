-- Cancels a booking. One row; columns of fn.booking_reply. See functions/bookings/booking_cancel.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: booking; $6 bigint: version (If-Match); $7 boolean: of the lab's staff; $8 text: reason or null
-- $9 boolean: without the fee (staff)
select * from fn.booking_cancel($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer,
  $7::boolean, $8::text, $9::boolean);
