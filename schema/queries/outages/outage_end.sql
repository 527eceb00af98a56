-- Ends an outage. Columns of fn.outage_reply. See functions/outages/outage_end.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: outage; $6 bigint: its version; $7 timestamptz: when, null for now; $8 boolean: the following ones too
select * from fn.outage_end($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer, $7::timestamptz,
  $8::boolean);
