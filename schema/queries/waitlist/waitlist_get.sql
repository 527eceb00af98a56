-- One entry of the waiting list: no row when there is none in scope.
-- role: api
-- $1 uuid: entry
select s.id, s.version, s.firm, s.resource, s.also, s.person_id, s.created_by, s.mode, s.earliest, s.latest, s.duration_s,
    s.purpose, s.configuration, s.status, s.booking, s.offer_start, s.offer_end, s.offer_expires_at, s.offer_count, s.created_at
  from waitlist_entry e cross join lateral fn.waitlist_show(e) s
  where e.id = $1::uuid;
