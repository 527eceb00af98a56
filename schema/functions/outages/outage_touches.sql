-- Keys of what an outage may have to move out of its way: the bookings that have a unit meanwhile. Only likely: looked at before
-- anything is locked, so that all locks can be taken at once.
create function fn.outage_touches(site uuid, resource uuid, starts timestamptz[], ends timestamptz[]) returns bigint[]
language sql stable as $$
  select coalesce(array_agg(distinct k), '{}')
    from (select distinct b.id
            from fn.outage_units(outage_touches.site, outage_touches.resource) u
              join unnest(starts, ends) d (from_at, to_at) on true
              join claim c on c.unit_id = u.unit_id and c.live and c.during && tstzrange(d.from_at, d.to_at)
              join booking b on b.id = c.booking_id and b.status in ('offered', 'pending', 'confirmed')) b,
      unnest(fn.booking_touches(b.id)) k
$$;
