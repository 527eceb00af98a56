-- Open spans of each resource as instants: weekly hours in the site's zone without closed days, joined, by
-- resource and start. See functions/openings_expanded.sql.
-- role: api, meter, jobs
-- $1, $2 timestamptz: from and to
select resource_id, open_from, open_to from fn.openings_expanded($1::timestamptz, $2::timestamptz);
