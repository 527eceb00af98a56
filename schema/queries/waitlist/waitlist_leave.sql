-- Takes an entry off the waiting list. One row: outcome ('ok', key_reused, not_found, stale_version, not_waiting), pointer,
-- limit_value, actual_value, then the entry. See functions/waitlist/waitlist_leave.sql.
-- role: api
-- $1 uuid: who asks; $2 text: Idempotency-Key or null; $3 bytea: hash of the request; $4 timestamptz: now
-- $5 uuid: entry; $6 bigint: version (If-Match)
select * from fn.waitlist_leave($1::uuid, $2::text, $3::bytea, $4::timestamptz, $5::uuid, $6::bigint::integer);
