-- Takes a billing run that nobody works at, until billing_run_done or the end of this connection. No row: none.
-- role: jobs
select id, site_id, month, firm_id, requested_at from fn.billing_run_next();
