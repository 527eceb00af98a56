-- Closes a session. One row: outcome, pointer, limit_value, actual_value, then the session.
-- See functions/sessions/session_finish.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: session; $6 bigint: version (If-Match); $7 bigint: samples or null; $8 bigint: staff time in seconds or null
-- $9 text: done, partly or failed; $10 text: notes or null
select outcome, pointer, limit_value, actual_value, id, version, booking, firm, resource, technician, started_at, finished_at,
    sample_count, operator_s, result as outcome, notes, forgotten_at
  from fn.session_finish($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer,
    $7::bigint::integer, $8::bigint::integer, $9::text, $10::text);
