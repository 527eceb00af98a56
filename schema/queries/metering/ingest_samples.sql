-- Stores samples, spans and memories of the run-state machines in one transaction; loading again changes nothing.
-- A span comes once a batch. See functions/metering/ingest_samples.sql.
-- role: meter
-- samples: $1 uuid[]: meter; $2 bigint[]: seq; $3 timestamptz[]: at; $4 bigint[]: mono_us; $5 bigint[]: half_us
--   $6 bigint[]: power_mw or null; $7 bigint[]: energy_mwh or null; $8 bigint[]: contact 0, 1 or null; $9 bigint[]: quality
-- spans: $10 uuid[]: resource; $11 bigint[]: ordinal; $12 text[]: state; $13 timestamptz[]: start
--   $14 timestamptz[]: end, null while open; $15 bigint[]: energy_mwh; $16 bigint[]: quality
-- memories: $17 uuid[]: resource; $18 text[]: state as JSON; $19 bigint[]: version of its form
--   $20 timestamptz[]: observed until
select fn.ingest_samples($1::uuid[], $2::bigint[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
  $8::bigint[], $9::bigint[], $10::uuid[], $11::bigint[], $12::text[], $13::timestamptz[], $14::timestamptz[],
  $15::bigint[], $16::bigint[], $17::uuid[], $18::text[], $19::bigint[], $20::timestamptz[]) as stored;
