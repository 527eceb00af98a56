-- Who waits, in the order in which they get offers. passed_from and passed_to: the slot that the entry let pass last, which it
-- is not offered again. Pages by (created_at, id).
-- role: jobs
-- $1 bigint: most rows; $2 timestamptz: now; $3 timestamptz and $4 uuid: created_at and id of the last row seen, or null
select e.id, e.firm_id, e.person_id, e.resource_id, e.also, e.mode, e.earliest, e.latest, e.duration_s, e.purpose,
    e.configuration, e.created_at, b.starts_at as passed_from, b.ends_at as passed_to
  from waitlist_entry e left join booking b on b.id = e.booking_id
  where e.status = 'waiting' and e.latest - e.duration_s * interval '1 second' >= $2::timestamptz
    and (e.created_at, e.id) > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
  order by e.created_at, e.id
  limit $1::bigint;
