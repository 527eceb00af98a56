-- Enrols a person in a cohort, or lets them wait. One row; columns of fn.enrolment_reply. See functions/courses/enrolment_create.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: cohort; $6 uuid: person; $7 boolean: waits when it is full
select * from fn.enrolment_create($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::uuid, $7::boolean);
