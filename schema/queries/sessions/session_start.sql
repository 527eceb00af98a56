-- Opens a session. One row: outcome, pointer, limit_value, actual_value, then the session.
-- See functions/sessions/session_start.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: id of the new session; $6 uuid: booking, or null and $7 uuid: resource, $8 uuid: firm
select outcome, pointer, limit_value, actual_value, id, version, booking, firm, resource, technician, started_at, finished_at,
    sample_count, operator_s, result as outcome, notes, forgotten_at
  from fn.session_start($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::uuid, $7::uuid, $8::uuid);
