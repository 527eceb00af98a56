-- How many seconds of a span a quota counts: not those of other weekdays, nor those of the time of day that it leaves out.
create function fn.quota_time(q quota, zone text, from_at timestamptz, to_at timestamptz) returns bigint
language plpgsql stable as $$
declare
  day timestamp;
  counted tstzmultirange := tstzmultirange(tstzrange(from_at, to_at));
begin
  if q.weekdays is null and q.off_from_min is null then
    return extract(epoch from to_at - from_at);
  end if;
  day := date_trunc('day', from_at at time zone zone);
  if q.off_from_min is null and (day + interval '1 day') at time zone zone >= to_at then -- most bookings, without a query
    return case when extract(isodow from day) = any (q.weekdays) then extract(epoch from to_at - from_at) else 0 end;
  end if;
  for day in
    select d from generate_series(date_trunc('day', from_at at time zone zone), to_at at time zone zone, interval '1 day') d
  loop
    if extract(isodow from day) <> all (q.weekdays) then
      counted := counted - fn.quota_off(zone, day, 0, 1440);
    elsif q.off_from_min <= q.off_to_min then
      counted := counted - fn.quota_off(zone, day, q.off_from_min, q.off_to_min);
    elsif q.off_from_min > q.off_to_min then
      counted := counted - fn.quota_off(zone, day, 0, q.off_to_min) - fn.quota_off(zone, day, q.off_from_min, 1440);
    end if;
  end loop;
  return (select coalesce(sum(extract(epoch from upper(r) - lower(r))), 0) from unnest(counted) r);
end $$;
