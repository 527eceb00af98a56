-- Open spans of every resource between two instants, clipped to them, joined, in order. Rules are local to the
-- site's zone: PostgreSQL does the time-zone arithmetic, so that a day of 23 or 25 hours comes out right.
-- Hours of a resource's own replace the site's on the days on which they are valid. What was open across
-- midnight ends where a closed day begins; a closed day opens nothing, not even past its end.
create function fn.openings_expanded(from_at timestamptz, to_at timestamptz)
returns table (resource_id uuid, open_from timestamptz, open_to timestamptz)
language sql stable as $$
  with day as (
    select s.id as site_id, s.zone, d::date as on_day
      from site s
        -- closes_min reaches two days ahead
        cross join generate_series(date_trunc('day', from_at at time zone s.zone) - interval '2 days',
                                   date_trunc('day', to_at at time zone s.zone), interval '1 day') d
  ), hours as (
    select r.id as resource_id,
        (d.on_day + o.opens_min * interval '1 minute') at time zone d.zone as opens_at,
        (d.on_day + o.closes_min * interval '1 minute') at time zone d.zone as closes_at
      from day d
        join resource r on r.site_id = d.site_id
        join opening o on o.site_id = d.site_id and o.weekday = extract(isodow from d.on_day) and o.valid @> d.on_day
      where not exists (select from closed_day c where c.site_id = d.site_id and c.on_day = d.on_day)
        and case when exists (select from opening own where own.resource_id = r.id and own.valid @> d.on_day)
                 then o.resource_id = r.id else o.resource_id is null end
  ), closed as (
    select s.id as site_id,
        range_agg(tstzrange(c.on_day::timestamp at time zone s.zone, (c.on_day + 1)::timestamp at time zone s.zone)) as spans
      from site s join closed_day c on c.site_id = s.id
      group by s.id
  ), open as (
    select h.resource_id, range_agg(tstzrange(h.opens_at, h.closes_at)) * tstzmultirange(tstzrange(from_at, to_at)) as spans
      from hours h
      where h.opens_at < h.closes_at -- an hour that the clock skips is not open
      group by h.resource_id
  )
  select o.resource_id, lower(span), upper(span)
    from open o
      join resource r on r.id = o.resource_id
      left join closed c on c.site_id = r.site_id
      cross join unnest(o.spans - coalesce(c.spans, '{}')) span
    order by o.resource_id, lower(span);
$$;
