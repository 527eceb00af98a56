-- How far each site's clock is ahead of UTC: at $1, then at each change until $2, by site and time.
-- role: api, meter, jobs
-- $1, $2 timestamptz: from and to
select s.id as site_id, o.at, o.offset_s, $2::timestamptz as until_at
  from site s cross join fn.zone_offsets(s.zone, $1::timestamptz, $2::timestamptz) o
  order by s.id, o.at;
