-- Puts somebody on the waiting list. One row: outcome ('ok', key_reused, already_waiting), pointer, limit_value, actual_value,
-- then the entry. See functions/waitlist/waitlist_join.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: id of the new entry; $6 uuid: firm; $7 uuid: for whom; $8 uuid: resource; $9 uuid[]: booked along with it
-- $10 text: mode; $11, $12 timestamptz: earliest start and latest end; $13 bigint: duration_s; $14 text: purpose or null
-- $15 text: configuration or null
select * from fn.waitlist_join($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::uuid, $7::uuid, $8::uuid,
  $9::uuid[], $10::text, $11::timestamptz, $12::timestamptz, $13::bigint, $14::text, $15::text);
