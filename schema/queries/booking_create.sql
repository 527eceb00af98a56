-- Makes a booking. One row; columns of fn.booking_reply: outcome ('ok', key_reused, stale_catalogue, taken),
-- pointer, limit_value, actual_value, then the booking. See functions/booking_create.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request
-- $4 timestamptz: now; $5 bigint: version of the catalogue that the rules were checked with
-- $6 uuid: id of the new booking; $7 uuid: firm; $8 uuid: resource; $9 uuid: for whom; $10 text: mode
-- $11, $12 timestamptz: start and end; $13, $14 timestamptz: start and end with the pads
-- $15 uuid[]: further resources to claim (operator); $16 text: purpose
-- $17 bigint: expected fee before support; $18 jsonb: the itemised expectation; $19 text: override reason
-- $20 uuid[], $21 bigint[]: budgets and what is wanted of each, by priority
select * from fn.booking_create($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::bigint, $6::uuid, $7::uuid,
  $8::uuid, $9::uuid, $10::text, $11::timestamptz, $12::timestamptz, $13::timestamptz, $14::timestamptz,
  $15::uuid[], $16::text, $17::bigint, $18::jsonb, $19::text, $20::uuid[], $21::bigint[]);
