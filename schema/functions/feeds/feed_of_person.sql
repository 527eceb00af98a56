-- The bookings for a person, and the meetings of the courses that they are in.
create function fn.feed_of_person(f feed, from_at timestamptz, to_at timestamptz) returns setof fn.feed_event
language sql stable as $$
  select e.* -- two branches, each along an index: of the person's firm, and for the lab's people of all
    from booking b, fn.feed_booking(b) e
    where b.firm_id = f.firm_id and b.person_id = f.object_id and b.starts_at >= from_at and b.starts_at < to_at
  union all
  select e.*
    from booking b, fn.feed_booking(b) e
    where f.firm_id is null and b.person_id = f.object_id and b.starts_at >= from_at and b.starts_at < to_at
  union all
  select c.id::text || '-' || m.n || '@labtab', c.version, greatest(c.created_at, n.enrolled_at), lower(m.during), upper(m.during),
      case when c.status = 'cancelled' then 'cancelled' else 'confirmed' end, co.name, '', r.name, 'course'
    from enrolment n
      join cohort c on c.id = n.cohort_id
      join cohort_meeting m on m.cohort_id = c.id and m.during && tstzrange(from_at, to_at)
      join course co on co.id = c.course_id
      join resource r on r.id = co.room_id
    where n.person_id = f.object_id and n.status in ('enrolled', 'passed', 'failed')
$$;
