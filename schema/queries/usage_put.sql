-- Stores a session's usage with its evidence; doing it again changes nothing. One row: outcome, pointer, limit_value,
-- actual_value, usage_id, is_new. See functions/usage_put.sql.
-- role: jobs
-- $1 timestamptz: the session's end, the time of the event; $2 uuid: id of the new usage; $3 uuid: session
-- $4, $5 timestamptz: first and last moment of run or null
-- $6 bigint: metered_s; $7 bigint: unobserved_s; $8 bigint: energy_mwh; $9 bigint: billable_s; $10 text: charge basis
-- $11 bigint: quality; $12 text: why it is held, or null
-- evidence: $13 bigint[]: span; $14, $15 timestamptz[]: part of it, from and to; $16 bigint[]: the part's energy_mwh
select * from fn.usage_put($1::timestamptz, $2::uuid, $3::uuid, $4::timestamptz, $5::timestamptz, $6::bigint, $7::bigint,
  $8::bigint, $9::bigint, $10::text, $11::bigint, $12::text, $13::bigint[], $14::timestamptz[], $15::timestamptz[],
  $16::bigint[]);
