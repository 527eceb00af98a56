-- What takes a resource, or the parts of one that has no units of its own. Of bookings out of scope only that the time is
-- taken: no name and no id; nothing is known of their changes, so that they seem as old as the feed.
create function fn.feed_of_resource(f feed, from_at timestamptz, to_at timestamptz) returns setof fn.feed_event
language sql stable as $$
  with taken as materialized (
    select c.id, c.during, c.booking_id, c.outage_id, c.cohort_id, b.id is not null as is_shown
      from fn.units_of(f.object_id) u (id)
        join claim c on c.unit_id = u.id and c.live and c.during && tstzrange(from_at, to_at)
        left join booking b on b.id = c.booking_id
  )
  select e.*
    from (select distinct t.booking_id from taken t where t.is_shown) t
      join booking b on b.id = t.booking_id,
      fn.feed_booking(b) e
  union all
  select 'claim-' || t.id || '@labtab', 1, f.created_at, lower(t.during), upper(t.during), 'confirmed',
      'Booked', '', s.name, 'booking'
    from taken t join resource r on r.id = f.object_id join site s on s.id = r.site_id
    where t.booking_id is not null and not t.is_shown
  union all
  select o.id::text || '@labtab', o.version, greatest(o.created_at, least(o.ended_at, o.ends_at)), o.starts_at,
      least(o.ended_at, o.ends_at), 'confirmed', o.title, '', s.name, o.kind
    from (select distinct t.outage_id from taken t where t.outage_id is not null) t
      join outage o on o.id = t.outage_id
      join site s on s.id = o.site_id
  union all
  select c.id::text || '-' || m.n || '@labtab', c.version, c.created_at, lower(m.during), upper(m.during), 'confirmed',
      co.name, '', r.name, 'course'
    from (select distinct t.cohort_id, t.during from taken t where t.cohort_id is not null) t
      join cohort_meeting m on m.cohort_id = t.cohort_id and m.during && t.during
      join cohort c on c.id = t.cohort_id
      join course co on co.id = c.course_id
      join resource r on r.id = co.room_id
$$;
