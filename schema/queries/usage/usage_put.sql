-- Stores a session's usage with its evidence; doing it again changes nothing. One row: outcome, pointer, limit_value,
-- actual_value, usage_id, is_new. See functions/usage/usage_put.sql.
-- role: jobs
-- $1 timestamptz: the session's end, the time of the event; $2 timestamptz: now
-- $3 uuid: id of the new usage; $4 uuid: session; $5, $6 timestamptz: first and last moment of run or null
-- $7 bigint: metered_s; $8 bigint: unobserved_s; $9 bigint: energy_mwh; $10 bigint: billable_s; $11 text: charge basis
-- $12 bigint: quality; $13 text: why it is held, or null
-- evidence: $14 bigint[]: span; $15, $16 timestamptz[]: part of it, from and to; $17 bigint[]: the part's energy_mwh
select * from fn.usage_put($1::timestamptz, $2::timestamptz, $3::uuid, $4::uuid, $5::timestamptz, $6::timestamptz, $7::bigint,
  $8::bigint, $9::bigint, $10::bigint, $11::text, $12::bigint, $13::text, $14::bigint[], $15::timestamptz[],
  $16::timestamptz[], $17::bigint[]);
