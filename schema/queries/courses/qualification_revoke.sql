-- Takes a qualification away. One row; columns of fn.qualification_reply. See functions/courses/qualification_revoke.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: qualification; $6 text: reason
select * from fn.qualification_revoke($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::text);
