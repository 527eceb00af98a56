-- Marks sessions that nobody closed in time.
-- role: jobs
-- $1 timestamptz: now; $2 bigint: most sessions at once
select fn.sessions_forget($1::timestamptz, $2::bigint) as forgotten;
