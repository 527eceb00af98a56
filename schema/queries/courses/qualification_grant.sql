-- Qualifies a person by hand. One row; columns of fn.qualification_reply. See functions/courses/qualification_grant.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: person; $6 uuid: resource; $7, $8 timestamptz: from when and until when, or null without end
select * from fn.qualification_grant($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::uuid, $7::timestamptz,
  $8::timestamptz);
