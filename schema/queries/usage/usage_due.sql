-- Finished sessions without usage whose resource was observed beyond their end. Those of resources without a meter are due
-- at once; those that no meter saw to the end, a day later, with what was seen. Pages by (finished_at, id), so that what can't
-- be stored keeps nothing behind it waiting.
-- role: jobs
-- $1 bigint: most rows; $2 timestamptz: now; $3 timestamptz and $4 uuid: end and id of the last row seen, or null
select s.id as session_id, s.booking_id, s.firm_id, s.resource_id, b.starts_at as reserved_from, b.ends_at as reserved_to,
    s.started_at as logged_from, s.finished_at as logged_to, r.charge_basis, r.tolerance_s, r.bills_unobserved,
    exists (select from meter m where m.resource_id = r.id and m.is_active) as has_meter,
    s.forgotten_at is not null as was_forgotten,
    (s.started_at at time zone t.zone)::date as service_day
  from session s
    join resource r on r.id = s.resource_id
    join site t on t.id = r.site_id
    left join booking b on b.id = s.booking_id
    left join run_state o on o.resource_id = r.id
  where s.finished_at is not null
    and not s.has_usage
    and (s.finished_at, s.id) > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
    and (o.observed_until >= s.finished_at
         or s.finished_at <= $2::timestamptz - interval '1 day'
         or not exists (select from meter m where m.resource_id = r.id and m.is_active))
  order by s.finished_at, s.id
  limit $1::bigint;
