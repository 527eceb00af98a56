-- Open spans of every resource between two instants, clipped to them, joined, in order; twice: with the holidays of
-- the site's calendar closed, and for those who may come then (`on_holidays`), to whom they are ordinary days. Rules
-- are local to the site's zone: PostgreSQL does the time-zone arithmetic, so that a day of 23 or 25 hours comes out
-- right.
--
-- What says when a resource is open on a day: its special days; else the site's; else a holiday, which closes; else
-- weekly hours, the resource's own where it has any that are valid on that day, the site's otherwise. What was open
-- across midnight ends where a closed day begins; a closed day opens nothing, not even past its end.
--
-- Its joins look dear to the planner; compiling them would take seconds, running them takes milliseconds.
create function fn.openings_expanded(from_at timestamptz, to_at timestamptz)
returns table (resource_id uuid, on_holidays boolean, open_from timestamptz, open_to timestamptz)
language sql stable set jit = off as $$
  with owner as ( -- whose hours: a site's, or those of a resource that has some of its own; the others share the site's
    select s.id, s.id as site_id from site s
    union select o.resource_id, o.site_id from opening o where o.resource_id is not null
    union select d.resource_id, d.site_id from special_day d where d.resource_id is not null
  ), day as materialized (
    select s.id as site_id, s.zone, s.holiday_calendar, d::date as on_day, extract(isodow from d) as weekday
      from site s
        -- closes_min reaches two days ahead
        cross join generate_series(date_trunc('day', from_at at time zone s.zone) - interval '2 days',
                                   date_trunc('day', to_at at time zone s.zone), interval '1 day') d
  ), holiday as materialized (
    select distinct c.calendar, h.day
      from (select holiday_calendar as calendar, min(on_day) as from_day, max(on_day) as to_day from day group by 1) c
        cross join fn.holidays(c.calendar, c.from_day, c.to_day) h
  ), special as materialized ( -- rows of the resource's own are the only ones on their day
    select w.id as owner_id, d.on_day, d.opens_min, d.closes_min
      from owner w join special_day d on d.site_id = w.site_id and (d.resource_id is null or d.resource_id = w.id)
      where d.resource_id = w.id
         or not exists (select from special_day o where o.resource_id = w.id and o.on_day = d.on_day)
  ), own as ( -- the days on which a resource has weekly hours of its own
    select o.resource_id, range_agg(o.valid) as valid from opening o where o.resource_id is not null group by o.resource_id
  ), ruled as materialized (
    select w.id as owner_id, h.on_holidays, d.on_day, d.weekday, d.zone, s.on_day is not null as is_special,
        coalesce(s.is_closed, f.day is not null and not h.on_holidays) as is_closed,
        case when n.valid @> d.on_day then w.id else w.site_id end as weekly_id
      from owner w
        cross join (values (false), (true)) h (on_holidays)
        join day d on d.site_id = w.site_id
        left join (select owner_id, on_day, bool_and(opens_min is null) as is_closed from special group by 1, 2) s
          on s.owner_id = w.id and s.on_day = d.on_day
        left join holiday f on f.calendar = d.holiday_calendar and f.day = d.on_day
        left join own n on n.resource_id = w.id
  ), hours as (
    select r.owner_id, r.on_holidays, r.on_day, r.zone, s.opens_min, s.closes_min
      from ruled r join special s on s.owner_id = r.owner_id and s.on_day = r.on_day
      where s.opens_min is not null
    union all
    select r.owner_id, r.on_holidays, r.on_day, r.zone, o.opens_min, o.closes_min
      from ruled r
        join opening o on coalesce(o.resource_id, o.site_id) = r.weekly_id and o.weekday = r.weekday and o.valid @> r.on_day
      where not r.is_special and not r.is_closed
  ), open as (
    select h.owner_id, h.on_holidays, range_agg(tstzrange(i.opens, greatest(i.opens, i.closes))) as spans
      from hours h
        cross join lateral (
          select (h.on_day + h.opens_min * interval '1 minute') at time zone h.zone as opens,
              (h.on_day + h.closes_min * interval '1 minute') at time zone h.zone as closes) i
      group by h.owner_id, h.on_holidays
  ), closed as (
    select r.owner_id, r.on_holidays,
        range_agg(tstzrange(r.on_day::timestamp at time zone r.zone, (r.on_day + 1)::timestamp at time zone r.zone)) as spans
      from ruled r where r.is_closed group by r.owner_id, r.on_holidays
  )
  select r.id, o.on_holidays, lower(span), upper(span)
    from resource r
      left join owner w on w.id = r.id
      join open o on o.owner_id = coalesce(w.id, r.site_id)
      left join closed c on c.owner_id = o.owner_id and c.on_holidays = o.on_holidays
      cross join unnest(o.spans * tstzmultirange(tstzrange(from_at, to_at)) - coalesce(c.spans, '{}')) span
    order by r.id, o.on_holidays, lower(span)
$$;
