-- Holidays by rule, and hours of single days. Holidays were rows of closed_day, one a day and year; now a site names
-- a calendar, and what is special on a date (closures, days that the government names, longer hours) is special_day.

create table holiday_calendar (
  code code primary key,
  name text not null
);

-- A holiday of every year: a day of the solar or of the lunar year, with days around it. Rules are dated by the
-- holiday's own date; the calendars begin in 2020. `substitute` says when another day is given for it:
--   none     never
--   sunday   when it is on a Sunday, or meets another holiday on a weekday
--   weekend  the same, and when it is on a Saturday
create table holiday_rule (
  id integer generated always as identity primary key,
  calendar code not null references holiday_calendar,
  name text not null,
  name_en text not null,
  month smallint not null check (month between 1 and 12),
  day smallint not null check (day between 1 and 31),
  is_lunar boolean not null default false,
  days_before smallint not null default 0 check (days_before between 0 and 7),
  days_after smallint not null default 0 check (days_after between 0 and 7),
  substitute text not null default 'none' check (substitute in ('none', 'sunday', 'weekend')),
  valid daterange not null,
  exclude using gist (calendar with =, name with =, valid with &&)
);

-- Lunar years as they are reckoned at the calendar's place: the first day, the lengths of the months in their order,
-- and the number of the month that is followed by a leap month of the same number.
create table lunar_year (
  calendar code not null references holiday_calendar,
  year smallint not null,
  first_day date not null,
  leap_month smallint check (leap_month between 1 and 12),
  month_days smallint[] not null check (
    cardinality(month_days) = case when leap_month is null then 12 else 13 end
    and 29 <= all (month_days) and 30 >= all (month_days)),
  primary key (calendar, year)
);

-- Hours of one local day, instead of weekly hours and of a holiday; a resource's own rows go before its site's.
-- Without hours the day is closed. closes_min may pass 1440: open across midnight.
create table special_day (
  id uuid primary key,
  site_id uuid not null references site,
  resource_id uuid references resource,                 -- null: the whole site
  on_day date not null,
  opens_min smallint check (opens_min between 0 and 1439),
  closes_min smallint check (closes_min > opens_min and closes_min <= 2880),
  reason text not null,
  check ((opens_min is null) = (closes_min is null)),
  unique nulls not distinct (site_id, resource_id, on_day, opens_min)
);
create index on special_day (resource_id) where resource_id is not null;

alter table site add holiday_calendar code references holiday_calendar;

insert into special_day (id, site_id, on_day, reason)
  select gen_random_uuid(), c.site_id, c.on_day, c.reason from closed_day c order by c.site_id, c.on_day;
drop table closed_day;

do $$
declare
  name text;
begin
  foreach name in array array['holiday_calendar', 'holiday_rule', 'lunar_year', 'special_day'] loop
    execute format('create trigger catalogue after insert or update or delete on %I'
      ' for each row execute function catalogue_raise()', name);
  end loop;
end $$;

-- ---------------------------------------------------------------- the Republic of Korea

-- The decree on the holidays of public offices. Substitutes: Children's Day, lunar new year and Chuseok since 2014, the
-- national days since August 2021, Buddha's birthday and Christmas since May 2023, the rest since May 2026.
insert into holiday_calendar (code, name) values ('kr', '대한민국');
insert into holiday_rule (calendar, name, name_en, month, day, is_lunar, days_before, days_after, substitute, valid) values
  ('kr', '신정', 'New Year''s Day', 1, 1, false, 0, 0, 'none', '[2020-01-01,)'),
  ('kr', '설날', 'Lunar New Year', 1, 1, true, 1, 1, 'sunday', '[2020-01-01,)'),
  ('kr', '삼일절', 'Independence Movement Day', 3, 1, false, 0, 0, 'none', '[2020-01-01,2021-08-04)'),
  ('kr', '삼일절', 'Independence Movement Day', 3, 1, false, 0, 0, 'weekend', '[2021-08-04,)'),
  ('kr', '노동절', 'Labour Day', 5, 1, false, 0, 0, 'weekend', '[2026-05-01,)'),
  ('kr', '어린이날', 'Children''s Day', 5, 5, false, 0, 0, 'weekend', '[2020-01-01,)'),
  ('kr', '부처님오신날', 'Buddha''s Birthday', 4, 8, true, 0, 0, 'none', '[2020-01-01,2023-05-04)'),
  ('kr', '부처님오신날', 'Buddha''s Birthday', 4, 8, true, 0, 0, 'weekend', '[2023-05-04,)'),
  ('kr', '현충일', 'Memorial Day', 6, 6, false, 0, 0, 'none', '[2020-01-01,)'),
  ('kr', '제헌절', 'Constitution Day', 7, 17, false, 0, 0, 'weekend', '[2026-05-01,)'),
  ('kr', '광복절', 'Liberation Day', 8, 15, false, 0, 0, 'none', '[2020-01-01,2021-08-04)'),
  ('kr', '광복절', 'Liberation Day', 8, 15, false, 0, 0, 'weekend', '[2021-08-04,)'),
  ('kr', '추석', 'Chuseok', 8, 15, true, 1, 1, 'sunday', '[2020-01-01,)'),
  ('kr', '개천절', 'National Foundation Day', 10, 3, false, 0, 0, 'none', '[2020-01-01,2021-08-04)'),
  ('kr', '개천절', 'National Foundation Day', 10, 3, false, 0, 0, 'weekend', '[2021-08-04,)'),
  ('kr', '한글날', 'Hangul Day', 10, 9, false, 0, 0, 'none', '[2020-01-01,2021-08-04)'),
  ('kr', '한글날', 'Hangul Day', 10, 9, false, 0, 0, 'weekend', '[2021-08-04,)'),
  ('kr', '기독탄신일', 'Christmas Day', 12, 25, false, 0, 0, 'none', '[2020-01-01,2023-05-04)'),
  ('kr', '기독탄신일', 'Christmas Day', 12, 25, false, 0, 0, 'weekend', '[2023-05-04,)');

-- New moons and solar terms at 135 degrees east, computed; the tables of the Korea Astronomy and Space Science
-- Institute, which end with 2049, say the same.
insert into lunar_year (calendar, year, first_day, leap_month, month_days) values
  ('kr', 2020, '2020-01-25', 4, '{30,29,30,30,29,30,29,29,30,29,30,29,30}'),
  ('kr', 2021, '2021-02-12', null, '{29,30,30,29,30,29,30,29,30,29,30,29}'),
  ('kr', 2022, '2022-02-01', null, '{30,29,30,29,30,30,29,30,29,30,29,30}'),
  ('kr', 2023, '2023-01-22', 2, '{29,30,29,30,29,30,29,30,30,29,30,29,30}'),
  ('kr', 2024, '2024-02-10', null, '{29,30,29,29,30,29,30,30,29,30,30,29}'),
  ('kr', 2025, '2025-01-29', 6, '{30,29,30,29,29,30,29,30,29,30,30,30,29}'),
  ('kr', 2026, '2026-02-17', null, '{30,29,30,29,29,30,29,30,29,30,30,30}'),
  ('kr', 2027, '2027-02-07', null, '{29,30,29,30,29,29,30,29,29,30,30,30}'),
  ('kr', 2028, '2028-01-27', 5, '{29,30,30,29,30,29,29,30,29,29,30,30,29}'),
  ('kr', 2029, '2029-02-13', null, '{30,30,29,30,30,29,29,30,29,29,30,30}'),
  ('kr', 2030, '2030-02-03', null, '{29,30,29,30,30,29,30,29,30,29,30,29}'),
  ('kr', 2031, '2031-01-23', 3, '{30,29,30,29,30,29,30,30,29,30,29,30,29}'),
  ('kr', 2032, '2032-02-11', null, '{30,29,29,30,29,30,30,29,30,30,29,30}'),
  ('kr', 2033, '2033-01-31', 11, '{29,30,29,29,30,29,30,29,30,30,30,29,30}'),
  ('kr', 2034, '2034-02-19', null, '{29,30,29,29,30,29,30,29,30,30,30,29}'),
  ('kr', 2035, '2035-02-08', null, '{30,29,30,29,29,30,29,29,30,30,29,30}'),
  ('kr', 2036, '2036-01-28', 6, '{30,30,29,30,29,29,30,29,29,30,30,29,30}'),
  ('kr', 2037, '2037-02-15', null, '{30,30,29,30,29,29,30,29,29,30,29,30}'),
  ('kr', 2038, '2038-02-04', null, '{30,30,29,30,29,30,29,30,29,29,30,29}'),
  ('kr', 2039, '2039-01-24', 5, '{30,30,29,30,30,29,30,29,30,29,30,29,29}'),
  ('kr', 2040, '2040-02-12', null, '{30,29,30,30,29,30,30,29,30,29,30,29}'),
  ('kr', 2041, '2041-02-01', null, '{30,29,29,30,29,30,30,29,30,30,29,30}'),
  ('kr', 2042, '2042-01-22', 2, '{29,30,29,29,30,29,30,29,30,30,29,30,30}'),
  ('kr', 2043, '2043-02-10', null, '{29,30,29,29,30,29,29,30,30,29,30,30}'),
  ('kr', 2044, '2044-01-30', 7, '{30,29,30,29,29,30,29,29,30,29,30,30,30}'),
  ('kr', 2045, '2045-02-17', null, '{30,29,30,29,29,30,29,29,30,29,30,30}'),
  ('kr', 2046, '2046-02-06', null, '{30,29,30,30,29,29,30,29,29,30,29,30}'),
  ('kr', 2047, '2047-01-26', 5, '{30,29,30,30,29,30,29,30,29,29,30,29,30}'),
  ('kr', 2048, '2048-02-14', null, '{29,30,30,29,30,30,29,30,29,30,29,29}'),
  ('kr', 2049, '2049-02-02', null, '{30,29,30,29,30,30,29,30,30,29,30,29}'),
  ('kr', 2050, '2050-01-23', 3, '{30,29,29,30,29,30,29,30,30,29,30,30,29}'),
  ('kr', 2051, '2051-02-11', null, '{30,29,29,30,29,30,29,30,29,30,30,30}'),
  ('kr', 2052, '2052-02-01', 8, '{29,30,29,29,30,29,29,30,30,29,30,30,30}'),
  ('kr', 2053, '2053-02-19', null, '{29,30,29,29,30,29,29,30,29,30,30,30}'),
  ('kr', 2054, '2054-02-08', null, '{29,30,30,29,29,30,29,29,30,29,30,30}'),
  ('kr', 2055, '2055-01-28', 6, '{29,30,30,29,30,29,30,29,29,30,29,30,29}'),
  ('kr', 2056, '2056-02-15', null, '{30,30,30,29,30,29,30,29,29,30,29,30}'),
  ('kr', 2057, '2057-02-04', null, '{29,30,30,29,30,29,30,30,29,29,30,29}'),
  ('kr', 2058, '2058-01-24', 4, '{30,29,30,29,30,30,29,30,29,30,30,29,29}'),
  ('kr', 2059, '2059-02-12', null, '{30,29,30,29,30,29,30,30,29,30,30,29}'),
  ('kr', 2060, '2060-02-02', null, '{30,29,29,30,29,29,30,30,29,30,30,30}');
