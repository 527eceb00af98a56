-- Plans a cohort. Columns of fn.cohort_reply: one row, or one for each refusal. See functions/courses/cohort_create.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: id of the new cohort; $6 text: course, code or id; $7 bigint: seats, or null for the course's
-- $8, $9 timestamptz[]: when each meeting begins and ends
select * from fn.cohort_create($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::text, $7::bigint::integer,
  $8::timestamptz[], $9::timestamptz[]);
