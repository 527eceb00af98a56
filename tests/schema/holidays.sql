-- Korean public holidays by rule: every fixed day, every substitute of 2025 to 2030, and how they clash.
\ir support.psql
select plan(27);
create function pg_temp.days(year integer, substitutes boolean) returns text language sql as $$
  select string_agg(to_char(day, 'MM-DD'), ' ' order by day)
    from (select distinct h.day from fn.holidays('kr', make_date(year, 1, 1), make_date(year, 12, 31)) h where h.is_substitute = substitutes) d
$$;
select is(pg_temp.days(2025, true), '03-03 05-06 10-08', 'substitutes of 2025');
select is(pg_temp.days(2026, true), '03-02 05-25 08-17 10-05', 'of 2026');
select is(pg_temp.days(2027, true), '02-09 05-03 07-19 08-16 10-04 10-11 12-27', 'of 2027');
select is(pg_temp.days(2028, true), '10-05', 'of 2028: Chuseok meets another holiday on a weekday');
select is(pg_temp.days(2029, true), '05-07 05-21 09-24', 'of 2029');
select is(pg_temp.days(2030, true), '02-05 05-06', 'of 2030');
select is(pg_temp.days(2022, true), '09-12 10-10', 'before 2023 Christmas and Buddha''s birthday get none');
select is(pg_temp.days(2020, true), '01-27', 'before August 2021 the national days get none');

select is(pg_temp.days(2025, false), '01-01 01-28 01-29 01-30 03-01 05-05 06-06 08-15 10-03 10-05 10-06 10-07 10-09 12-25', 'holidays of 2025: 1 May and 17 July do not count yet');
select is(pg_temp.days(2026, false), '01-01 02-16 02-17 02-18 03-01 05-01 05-05 05-24 06-06 07-17 08-15 09-24 09-25 09-26 10-03 10-09 12-25', 'of 2026');
select is(pg_temp.days(2027, false), '01-01 02-06 02-07 02-08 03-01 05-01 05-05 05-13 06-06 07-17 08-15 09-14 09-15 09-16 10-03 10-09 12-25', 'of 2027');
select is(pg_temp.days(2028, false), '01-01 01-26 01-27 01-28 03-01 05-01 05-02 05-05 06-06 07-17 08-15 10-02 10-03 10-04 10-09 12-25', 'of 2028');
select is(pg_temp.days(2029, false), '01-01 02-12 02-13 02-14 03-01 05-01 05-05 05-20 06-06 07-17 08-15 09-21 09-22 09-23 10-03 10-09 12-25', 'of 2029');
select is(pg_temp.days(2030, false), '01-01 02-02 02-03 02-04 03-01 05-01 05-05 05-09 06-06 07-17 08-15 09-11 09-12 09-13 10-03 10-09 12-25', 'of 2030');

select is((select string_agg(name_en, ', ' order by name_en) from fn.holidays('kr', '2025-05-05', '2025-05-05')), 'Buddha''s Birthday, Children''s Day', 'two on one day');
select is((select string_agg(name_en || is_substitute, ', ') from fn.holidays('kr', '2025-05-06', '2025-05-06')), 'Buddha''s Birthdaytrue', 'one day is given for them');
select is(pg_temp.days(2036, true), '01-30 03-03 05-06 10-06 10-07', 'two lost days get two, one after the other; a Monday that is a holiday gives way');
select is(pg_temp.days(2044, true), '02-01 05-02 05-06 07-18 10-10 12-26', 'of 2044');
select is((select string_agg(day::text, ' ') from fn.holidays('kr', '2027-02-09', '2027-02-09')), '2027-02-09', 'what is given lies in the window, what it is given for before it');
select is((select count(*) from fn.holidays('kr', '2027-02-10', '2027-02-28')), 0::bigint, 'and outside nothing is');
select is((select count(*) from fn.holidays('none', '2026-01-01', '2026-12-31')), 0::bigint, 'no calendar, no holidays');
select is((select count(*) from fn.holidays(null, '2026-01-01', '2026-12-31')), 0::bigint, 'nor of a site that names none');

-- The lunar years fit each other: each begins where the one before ends.
select is((select count(*) from lunar_year), 41::bigint, '2020 to 2060');
select is((select count(*) from lunar_year a join lunar_year b on b.calendar = a.calendar and b.year = a.year + 1
             where b.first_day <> a.first_day + (select sum(m)::integer from unnest(a.month_days) m)), 0::bigint, 'without gap or overlap');
select is((select count(*) from lunar_year where first_day not between make_date(year, 1, 20) and make_date(year, 2, 21)), 0::bigint, 'each around the turn of winter');
select throws_ok('insert into holiday_rule (calendar, name, name_en, month, day, valid) values (''kr'', ''추석'', ''x'', 1, 1, ''[2030-01-01,)'')', '23P01', null, 'one rule of a holiday at a time');
select throws_ok('insert into special_day (id, site_id, on_day, opens_min, reason) values (gen_random_uuid(), ''' || :'site' || ''', ''2026-01-01'', 1, ''x'')', '23514', null, 'hours have both ends');
select * from finish();
rollback;
