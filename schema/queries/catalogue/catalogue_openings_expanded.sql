-- Open spans of each resource as instants, joined, by resource and start; with holidays closed, then as ordinary days
-- (on_holidays). See functions/hours/openings_expanded.sql.
-- role: api, meter, jobs
-- $1, $2 timestamptz: from and to
select resource_id, on_holidays, open_from, open_to from fn.openings_expanded($1::timestamptz, $2::timestamptz);
