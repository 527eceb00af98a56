-- Finishes a cohort. One row; columns of fn.cohort_reply. See functions/courses/cohort_finish.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: cohort; $6 bigint: version (If-Match)
select * from fn.cohort_finish($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer);
