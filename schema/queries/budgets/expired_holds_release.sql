-- Releases what bookings still hold long after their end although no session came of them.
-- role: jobs
-- $1 timestamptz: now; $2 bigint: most bookings at once
select fn.expired_holds_release($1::timestamptz, $2::bigint) as released;
