-- --dev only: asks for a run of all due jobs, or looks whether it is done.
-- role: api
-- $1 timestamptz: now; $2 bigint: the tick to look at, or null for a new one
select tick_id as tick, done_at from fn.dev_tick($1::timestamptz, $2::bigint);
