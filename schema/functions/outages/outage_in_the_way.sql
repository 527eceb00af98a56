-- Bookings and cohorts that have a unit meanwhile, by when. Bookings whose time has come are lapsed first; those that are
-- over are in nobody's way.
create function fn.outage_in_the_way(site uuid, resource uuid, at timestamptz, starts timestamptz[], ends timestamptz[])
returns table (booking_id uuid, cohort_id uuid, from_at timestamptz)
language plpgsql volatile as $$
#variable_conflict use_column
declare
  due uuid;
begin
  for due in
    select distinct b.id
      from fn.outage_units(outage_in_the_way.site, outage_in_the_way.resource) u
        join unnest(starts, ends) d (from_at, to_at) on true
        join claim c on c.unit_id = u.unit_id and c.live and c.during && tstzrange(d.from_at, d.to_at)
        join booking b on b.id = c.booking_id and b.due_at <= outage_in_the_way.at
      order by b.id
  loop
    perform fn.booking_lapse(due, outage_in_the_way.at);
  end loop;
  return query
    select c.booking_id, c.cohort_id, min(lower(c.during))
      from fn.outage_units(outage_in_the_way.site, outage_in_the_way.resource) u
        join unnest(starts, ends) d (from_at, to_at) on true
        join claim c on c.unit_id = u.unit_id and c.live and c.outage_id is null
          and c.during && tstzrange(greatest(d.from_at, outage_in_the_way.at), d.to_at)
        left join booking b on b.id = c.booking_id
      where b.id is null or b.status not in ('finished', 'missed')
      group by c.booking_id, c.cohort_id
      order by 3, 1, 2;
end $$;
