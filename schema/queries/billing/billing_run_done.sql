-- Ends a billing run that this connection took.
-- role: jobs
-- $1 timestamptz: now; $2 uuid: billing run; $3 text: done or failed; $4 jsonb: problems, a list
select fn.billing_run_done($1::timestamptz, $2::uuid, $3::text, $4::jsonb);
