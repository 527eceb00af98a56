-- Local midnights as instants, by site: of the day in which $1 lies to the first one after $2.
-- role: api, meter, jobs
-- $1, $2 timestamptz: from and to
select s.id as site_id, d::timestamp at time zone s.zone as day_start, d::date as day
  from site s
    cross join generate_series(date_trunc('day', $1::timestamptz at time zone s.zone),
                               date_trunc('day', $2::timestamptz at time zone s.zone) + interval '1 day',
                               interval '1 day') d
  order by s.id, d;
