-- Opening hours become instants in the site's zone: daylight saving, midnight, closed days, own hours.
\ir support.psql
select plan(27);
insert into site (id, code, name, zone) values (pg_temp.id('1'), 'berlin', 'Berlin', 'Europe/Berlin'), (pg_temp.id('2'), 'york', 'New York', 'America/New_York');
insert into resource (id, site_id, code, kind, name) values (pg_temp.id('11'), pg_temp.id('1'), 'lathe', 'instrument', 'Lathe'),
  (pg_temp.id('12'), pg_temp.id('1'), 'mill', 'instrument', 'Mill'), (pg_temp.id('21'), pg_temp.id('2'), 'saw', 'instrument', 'Saw');
-- Sundays 00:00 to 24:00, the mill on Saturdays 22:00 to Sunday 03:30.
insert into opening (id, site_id, resource_id, weekday, opens_min, closes_min)
  select fn.id_new('2026-01-01T00:00Z'), s, null, 7, 0, 1440 from unnest(array[pg_temp.id('1'), pg_temp.id('2')]) s;
insert into opening (id, site_id, resource_id, weekday, opens_min, closes_min) values (fn.id_new('2026-01-01T00:00Z'), pg_temp.id('1'), pg_temp.id('12'), 6, 1320, 1650);
create function pg_temp.open(resource text, from_at timestamptz, to_at timestamptz, on_holidays boolean default false) returns text language sql as $$
  select string_agg(to_char(open_from, 'MM-DD HH24:MI') || '/' || to_char(open_to, 'MM-DD HH24:MI'), ' ' order by open_from)
    from fn.openings_expanded(from_at, to_at) o join public.resource r on r.id = o.resource_id where r.code = resource and o.on_holidays = open.on_holidays
$$;
select is(pg_temp.open('lathe', '2026-03-28T00:00Z', '2026-03-31T00:00Z'), '03-28 23:00/03-29 22:00', 'Berlin, 23 hours in spring');
select is(pg_temp.open('lathe', '2026-10-24T00:00Z', '2026-10-27T00:00Z'), '10-24 22:00/10-25 23:00', 'Berlin, 25 hours in autumn');
select is(pg_temp.open('saw', '2026-03-07T00:00Z', '2026-03-10T00:00Z'), '03-08 05:00/03-09 04:00', 'New York, 23 hours in spring');
select is(pg_temp.open('saw', '2026-10-31T00:00Z', '2026-11-03T00:00Z'), '11-01 04:00/11-02 05:00', 'New York, 25 hours in autumn');
select is(pg_temp.open('mill', '2026-06-05T00:00Z', '2026-06-09T00:00Z'), '06-06 20:00/06-07 01:30', 'own hours replace the site''s, across midnight');
select is(pg_temp.open('mill', '2026-03-27T00:00Z', '2026-03-31T00:00Z'), '03-28 21:00/03-29 01:30', 'across midnight into the night of 23 hours: until 03:30 on the wall');
select is(pg_temp.open('mill', '2026-10-23T00:00Z', '2026-10-27T00:00Z'), '10-24 20:00/10-25 02:30', 'and of 25 hours');
select is(pg_temp.open('mill', '2026-06-06T21:00Z', '2026-06-06T23:00Z'), '06-06 21:00/06-06 23:00', 'clipped to what was asked for');

create function pg_temp.special(site text, resource text, on_day date, opens_min integer default null, closes_min integer default null) returns void language sql as $$
  insert into special_day (id, site_id, resource_id, on_day, opens_min, closes_min, reason)
    values (fn.id_new('2026-01-01T00:00Z'), pg_temp.id(site), pg_temp.id(resource), on_day, opens_min, closes_min, 'test')
$$;
select pg_temp.special('1', null, d) from unnest(array['2026-06-07', '2026-06-13']::date[]) d \g /dev/null
select is(pg_temp.open('mill', '2026-06-05T00:00Z', '2026-06-09T00:00Z'), '06-06 20:00/06-06 22:00', 'open across midnight ends where a closed day begins');
select is(pg_temp.open('mill', '2026-06-12T00:00Z', '2026-06-16T00:00Z'), null, 'a closed day opens nothing, not even past its end');
select is(pg_temp.open('lathe', '2026-06-05T00:00Z', '2026-06-09T00:00Z'), null, 'a closed day has no hours');
insert into opening (id, site_id, resource_id, weekday, opens_min, closes_min) values
  (fn.id_new('2026-01-01T00:00Z'), pg_temp.id('1'), null, 1, 0, 60), (fn.id_new('2026-01-01T00:00Z'), pg_temp.id('1'), null, 1, 60, 120);
select is(pg_temp.open('lathe', '2026-06-13T00:00Z', '2026-06-16T00:00Z'), '06-13 22:00/06-15 00:00', 'what touches is one span');
insert into opening (id, site_id, resource_id, weekday, opens_min, closes_min) values (fn.id_new('2026-01-01T00:00Z'), pg_temp.id('2'), null, 7, 120, 180);
update opening set opens_min = 150, closes_min = 160 where site_id = pg_temp.id('2') and opens_min = 120;
delete from opening where site_id = pg_temp.id('2') and closes_min = 1440;
select is(pg_temp.open('saw', '2026-03-07T00:00Z', '2026-03-10T00:00Z'), '03-08 07:30/03-08 07:40', 'hours in the hour that the clock skips lie an hour later on the wall');
select is(pg_temp.open('cmm', '2026-02-12T15:00Z', '2026-02-22T15:00Z'), '02-13 00:00/02-13 09:00 02-19 00:00/02-19 09:00 02-20 00:00/02-20 09:00',
          'the reference site around the lunar new year');
select is(pg_temp.open('cmm', '2026-02-12T15:00Z', '2026-02-22T15:00Z', true),
          '02-13 00:00/02-13 09:00 02-16 00:00/02-16 09:00 02-17 00:00/02-17 09:00 02-18 00:00/02-18 09:00 02-19 00:00/02-19 09:00 02-20 00:00/02-20 09:00',
          'and for those who may come on holidays');
select is(pg_temp.open('cmm', '2026-05-22T15:00Z', '2026-05-26T15:00Z'), '05-26 00:00/05-26 09:00', 'a substitute holiday');

select is(pg_temp.open('cmm', '2026-06-01T15:00Z', '2026-06-04T15:00Z', true), '06-02 00:00/06-02 09:00 06-04 00:00/06-04 09:00', 'an election is closed for them too');

-- Special days: of the resource, else of the site, else the holiday, else weekly hours.
update site set holiday_calendar = 'kr' where id = pg_temp.id('1');
delete from special_day where site_id = pg_temp.id('1');
delete from opening where site_id = pg_temp.id('1');
insert into opening (id, site_id, resource_id, weekday, opens_min, closes_min)
  select fn.id_new('2026-01-01T00:00Z'), pg_temp.id('1'), null, d, 600, 1200 from generate_series(1, 7) d
  union all select fn.id_new('2026-01-01T00:00Z'), pg_temp.id('1'), pg_temp.id('12'), d, 1200, 1560 from generate_series(1, 7) d;
-- 2026-10-09, a Friday, is a holiday.
select is(pg_temp.open('lathe', '2026-10-07T22:00Z', '2026-10-10T22:00Z'), '10-08 08:00/10-08 18:00 10-10 08:00/10-10 18:00', 'a holiday closes');
select is(pg_temp.open('mill', '2026-10-08T10:00Z', '2026-10-10T22:00Z'), '10-08 18:00/10-08 22:00 10-10 18:00/10-10 22:00', 'and cuts what was open into it');
select is(pg_temp.open('mill', '2026-10-08T10:00Z', '2026-10-10T10:00Z', true), '10-08 18:00/10-09 00:00 10-09 18:00/10-10 00:00', 'not for those who may come');
select pg_temp.special('1', null, '2026-10-09', 480, 540) \g /dev/null
select is(pg_temp.open('lathe', '2026-10-08T22:00Z', '2026-10-09T22:00Z'), '10-09 06:00/10-09 07:00', 'the site''s special hours replace the holiday');
select is(pg_temp.open('lathe', '2026-10-08T22:00Z', '2026-10-09T22:00Z', true), '10-09 06:00/10-09 07:00', 'for everybody');
select is(pg_temp.open('mill', '2026-10-08T10:00Z', '2026-10-10T10:00Z'), '10-08 18:00/10-09 00:00 10-09 06:00/10-09 07:00', 'and a resource''s own weekly hours; what was open across midnight stays');
select pg_temp.special('1', '12', '2026-10-09', 0, 30), pg_temp.special('1', '12', '2026-10-09', 1380, 1500) \g /dev/null
select is(pg_temp.open('mill', '2026-10-08T23:00Z', '2026-10-10T10:00Z'), '10-08 23:00/10-09 00:00 10-09 21:00/10-09 23:00', 'a resource''s special hours replace the site''s, across midnight');
select is(pg_temp.open('lathe', '2026-10-08T22:00Z', '2026-10-09T22:00Z'), '10-09 06:00/10-09 07:00', 'the other resource keeps those of the site');
select pg_temp.special('1', '11', '2026-10-09') \g /dev/null
select is(pg_temp.open('lathe', '2026-10-08T22:00Z', '2026-10-09T22:00Z', true), null, 'a resource is closed on a day on which the site is not');
delete from opening where site_id = pg_temp.id('1');
select is(pg_temp.open('mill', '2026-10-08T22:00Z', '2026-10-10T10:00Z'), '10-08 22:00/10-08 22:30 10-09 21:00/10-09 23:00', 'special hours need no weekly ones');

select * from finish();
rollback;
