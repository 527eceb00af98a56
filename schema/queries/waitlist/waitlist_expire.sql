-- Ends entries of the waiting list into whose time nothing fits any more.
-- role: jobs
-- $1 timestamptz: now; $2 bigint: most entries at once
select fn.waitlist_expire($1::timestamptz, $2::bigint) as expired;
