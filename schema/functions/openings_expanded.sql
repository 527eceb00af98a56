-- Open spans of every resource between two instants, clipped to them, joined, in order. Rules are local to the
-- site's zone: PostgreSQL does the time-zone arithmetic, so that a day of 23 or 25 hours comes out right.
-- Hours of a resource's own replace the site's on the days on which they are valid. What was open across
-- midnight ends where a closed day begins; a closed day opens nothing, not even past its end.
create function fn.openings_expanded(from_at timestamptz, to_at timestamptz)
returns table (resource_id uuid, open_from timestamptz, open_to timestamptz)
language sql stable as $$
  with day as materialized (
    select s.id as site_id, s.zone, d::date as on_day, extract(isodow from d) as weekday
      from site s
        -- closes_min reaches two days ahead
        cross join generate_series(date_trunc('day', from_at at time zone s.zone) - interval '2 days',
                                   date_trunc('day', to_at at time zone s.zone), interval '1 day') d
      where not exists (select from closed_day c where c.site_id = s.id and c.on_day = d::date)
  ), hours as materialized ( -- instants are worked out once a row, not once a resource
    select o.site_id, o.resource_id, d.on_day,
        tstzrange((d.on_day + o.opens_min * interval '1 minute') at time zone d.zone,
                  greatest((d.on_day + o.opens_min * interval '1 minute') at time zone d.zone,
                           (d.on_day + o.closes_min * interval '1 minute') at time zone d.zone)) as span
      from day d
        join opening o on o.site_id = d.site_id and o.weekday = d.weekday and o.valid @> d.on_day
  ), own as ( -- the days on which a resource has hours of its own
    select o.resource_id, range_agg(o.valid) as valid from opening o where o.resource_id is not null group by o.resource_id
  ), closed as (
    select s.id as site_id,
        range_agg(tstzrange(c.on_day::timestamp at time zone s.zone, (c.on_day + 1)::timestamp at time zone s.zone)) as spans
      from site s join closed_day c on c.site_id = s.id
      group by s.id
  ), open as (
    select h.resource_id, range_agg(h.span) * tstzmultirange(tstzrange(from_at, to_at)) as spans
      from (select h.resource_id, h.span from hours h where h.resource_id is not null
            union all
            select r.id, h.span
              from hours h
                join resource r on r.site_id = h.site_id
                left join own w on w.resource_id = r.id
              where h.resource_id is null and (w.valid @> h.on_day) is not true) h
      group by h.resource_id
  )
  select o.resource_id, lower(span), upper(span)
    from open o
      join resource r on r.id = o.resource_id
      left join closed c on c.site_id = r.site_id
      cross join unnest(o.spans - coalesce(c.spans, '{}')) span
    order by o.resource_id, lower(span);
$$;
