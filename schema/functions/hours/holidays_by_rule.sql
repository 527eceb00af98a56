-- The holidays of a calendar as its rules say, from one day to another, both included, and whether each is lost, so
-- that another day is given for it: when it falls on a day that is free anyway and its rule bears no such day. Of
-- several on one day of work the first stays, best one that is never given another day.
create function fn.holidays_by_rule(calendar text, from_day date, to_day date)
returns table (day date, name text, name_en text, is_lost boolean)
language sql stable rows 30 as $$
  with solar as (
    select r.id, make_date(y, r.month, 1) + r.day - 1 as at
      from holiday_rule r
        cross join generate_series(extract(year from from_day)::integer - 1, extract(year from to_day)::integer + 1) y
      where r.calendar = holidays_by_rule.calendar and not r.is_lunar
  ), lunar as ( -- a leap month comes after the month of its number
    select r.id, l.first_day + r.day - 1
        + (select coalesce(sum(m), 0)::integer
             from unnest(l.month_days[:r.month - 1 + coalesce(l.leap_month < r.month, false)::integer]) m) as at
      from holiday_rule r join lunar_year l on l.calendar = r.calendar
      where r.calendar = holidays_by_rule.calendar and r.is_lunar
        and l.year between extract(year from from_day) - 1 and extract(year from to_day)
  ), found as (
    select h.at + around as day, r.name, r.name_en, r.substitute, r.id, extract(isodow from h.at + around) as weekday
      from (select * from solar union all select * from lunar) h
        join holiday_rule r on r.id = h.id and r.valid @> h.at
        cross join generate_series(-r.days_before::integer, r.days_after::integer) around
      where h.at + around between from_day and to_day
  )
  select f.day, f.name, f.name_en,
      case when f.substitute = 'none' then false
           when f.weekday = 7 then true
           when f.weekday = 6 then f.substitute = 'weekend'
           else row_number() over (partition by f.day order by f.substitute = 'none' desc, f.id) > 1 end
    from found f
    order by f.day, f.id
$$;
