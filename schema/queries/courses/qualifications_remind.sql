-- Tells of qualifications that will end soon, or have ended.
-- role: jobs
-- $1 timestamptz: now; $2 bigint: most notices at once
select fn.qualifications_remind($1::timestamptz, $2::bigint) as told;
