-- One session: no row when there is none in scope. The technician's code is null for those who don't see the lab's people.
-- role: api
-- $1 uuid: session
select s.id, s.version, s.booking_id as booking, f.code as firm, r.code as resource, p.code as technician, s.started_at,
    s.finished_at, s.sample_count, s.operator_s, s.outcome, s.notes, s.forgotten_at
  from session s
    join firm f on f.id = s.firm_id
    join resource r on r.id = s.resource_id
    left join person p on p.id = s.technician_id
  where s.id = $1::uuid;
