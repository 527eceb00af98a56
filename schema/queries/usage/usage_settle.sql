-- Makes usages of fees and of what was reserved, once their time is over.
-- role: jobs
-- $1 timestamptz: now; $2 bigint: most bookings at once
select fn.usage_settle($1::timestamptz, $2::bigint) as settled;
