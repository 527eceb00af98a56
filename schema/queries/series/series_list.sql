-- Series, newest first, without their bookings.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null; $3 uuid: firm, null for any; $4 uuid: resource, or null
select s.id, s.version, f.code as firm, o.code as resource, s.person_id, s.created_by, s.rrule,
    s.starts_local at time zone i.zone as "start", s.duration_s::bigint as duration_s, s.on_conflict, s.made::bigint as made,
    s.created_at, s.id::text as cursor
  from booking_series s
    join firm f on f.id = s.firm_id
    join resource o on o.id = s.resource_id
    join site i on i.id = o.site_id
  where ($3::uuid is null or s.firm_id = $3::uuid)
    and ($4::uuid is null or s.resource_id = $4::uuid)
    and s.id < fn.cursor_id($2::text, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  order by s.id desc
  limit $1::bigint;
