-- Events after a position, oldest first.
-- role: api, jobs
-- $1 bigint: most rows; $2 bigint: the last position seen, 0 from the start
select "position" as event, at, kind, firm, object, data, "position"::text as cursor
  from fn.events_after($2::bigint, $1::bigint);
