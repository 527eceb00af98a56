-- --dev only: all jobs that were due have run.
-- role: jobs
-- $1 bigint: tick; $2 timestamptz: now
update dev_tick set done_at = $2::timestamptz where id = $1::bigint and done_at is null returning id as tick;
