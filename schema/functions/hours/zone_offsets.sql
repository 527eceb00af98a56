-- How far a zone's clock is ahead of UTC between two instants: the offset at the first one, then each change with its
-- instant. PostgreSQL tells no changes, so the days are compared, and the minutes of those that differ.
create function fn.zone_offsets(zone text, from_at timestamptz, to_at timestamptz)
returns table (at timestamptz, offset_s integer)
language sql stable rows 3 set jit = off as $$
  with day as (
    select d as at, extract(epoch from (d at time zone zone) - (d at time zone 'UTC'))::integer as offset_s
      from generate_series(from_at, to_at + interval '1 day', interval '1 day') d
  ), pair as (
    select d.*, lag(d.offset_s) over (order by d.at) as offset_before_s from day d
  ), minute as (
    select m as at, extract(epoch from (m at time zone zone) - (m at time zone 'UTC'))::integer as offset_s,
        lag(extract(epoch from (m at time zone zone) - (m at time zone 'UTC'))::integer) over (partition by p.at order by m) as offset_before_s
      from pair p
        cross join generate_series(date_trunc('minute', p.at - interval '1 day'), p.at + interval '1 minute', interval '1 minute') m
      where p.offset_s <> p.offset_before_s
  )
  select from_at, d.offset_s from day d where d.at = from_at
  union
  select m.at, m.offset_s from minute m where m.offset_s <> m.offset_before_s and m.at > from_at and m.at < to_at
  order by 1
$$;
