-- The periods of a quota that a span touches, by the zone's calendar: weeks begin on Mondays. 'ahead' is all time.
create function fn.quota_periods(period text, zone text, starts timestamptz, ends timestamptz)
returns table (from_at timestamptz, to_at timestamptz)
language plpgsql immutable as $$
declare
  step interval;
  begins timestamp;
begin
  if period = 'ahead' then
    from_at := '-infinity';
    to_at := 'infinity';
    return next;
    return;
  end if;
  step := '1 ' || period;
  begins := date_trunc(period, starts at time zone zone);
  loop
    from_at := begins at time zone zone;
    exit when from_at >= ends;
    begins := begins + step;
    to_at := begins at time zone zone;
    return next;
  end loop;
end $$;
