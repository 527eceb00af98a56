-- Makes outages, all or none. Columns of fn.outage_made: one row, or one for each refusal. See functions/outages/outage_create.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid[]: ids of the new outages; $6 uuid: site; $7 uuid: resource, or null for the whole site; $8 text: kind; $9 text: title
-- $10, $11 timestamptz[]: when each begins and ends, in order; $12 boolean: cancel bookings; $13 text: why, or null
-- $14 bigint: most resources and days
select * from fn.outage_create($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid[], $6::uuid, $7::uuid, $8::text,
  $9::text, $10::timestamptz[], $11::timestamptz[], $12::boolean, $13::text, $14::bigint);
