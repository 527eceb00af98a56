-- Notes who was at a meeting. Columns of fn.cohort_reply: one row, or one for each refusal. See functions/courses/cohort_attendance.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: cohort; $6 bigint: version (If-Match); $7 bigint: number of the meeting; $8, $9 uuid[]: who was there, and who not
select * from fn.cohort_attendance($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer,
  $7::bigint::integer, $8::uuid[], $9::uuid[]);
