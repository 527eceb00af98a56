-- Opening hours become instants in the site's zone: daylight saving, midnight, closed days, own hours.
\ir support.psql
select plan(15);
insert into site (id, code, name, zone) values (pg_temp.id('1'), 'berlin', 'Berlin', 'Europe/Berlin'), (pg_temp.id('2'), 'york', 'New York', 'America/New_York');
insert into resource (id, site_id, code, kind, name) values (pg_temp.id('11'), pg_temp.id('1'), 'lathe', 'instrument', 'Lathe'),
  (pg_temp.id('12'), pg_temp.id('1'), 'mill', 'instrument', 'Mill'), (pg_temp.id('21'), pg_temp.id('2'), 'saw', 'instrument', 'Saw');
-- Sundays 00:00 to 24:00, the mill on Saturdays 22:00 to Sunday 03:30.
insert into opening (id, site_id, resource_id, weekday, opens_min, closes_min)
  select fn.id_new('2026-01-01T00:00Z'), s, null, 7, 0, 1440 from unnest(array[pg_temp.id('1'), pg_temp.id('2')]) s;
insert into opening (id, site_id, resource_id, weekday, opens_min, closes_min) values (fn.id_new('2026-01-01T00:00Z'), pg_temp.id('1'), pg_temp.id('12'), 6, 1320, 1650);
create function pg_temp.open(resource text, from_at timestamptz, to_at timestamptz) returns text language sql as $$
  select string_agg(to_char(open_from, 'MM-DD HH24:MI') || '/' || to_char(open_to, 'MM-DD HH24:MI'), ' ' order by open_from)
    from fn.openings_expanded(from_at, to_at) o join public.resource r on r.id = o.resource_id where r.code = resource
$$;
select is(pg_temp.open('lathe', '2026-03-28T00:00Z', '2026-03-31T00:00Z'), '03-28 23:00/03-29 22:00', 'Berlin, 23 hours in spring');
select is(pg_temp.open('lathe', '2026-10-24T00:00Z', '2026-10-27T00:00Z'), '10-24 22:00/10-25 23:00', 'Berlin, 25 hours in autumn');
select is(pg_temp.open('saw', '2026-03-07T00:00Z', '2026-03-10T00:00Z'), '03-08 05:00/03-09 04:00', 'New York, 23 hours in spring');
select is(pg_temp.open('saw', '2026-10-31T00:00Z', '2026-11-03T00:00Z'), '11-01 04:00/11-02 05:00', 'New York, 25 hours in autumn');
select is(pg_temp.open('mill', '2026-06-05T00:00Z', '2026-06-09T00:00Z'), '06-06 20:00/06-07 01:30', 'own hours replace the site''s, across midnight');
select is(pg_temp.open('mill', '2026-03-27T00:00Z', '2026-03-31T00:00Z'), '03-28 21:00/03-29 01:30', 'across midnight into the night of 23 hours: until 03:30 on the wall');
select is(pg_temp.open('mill', '2026-10-23T00:00Z', '2026-10-27T00:00Z'), '10-24 20:00/10-25 02:30', 'and of 25 hours');
select is(pg_temp.open('mill', '2026-06-06T21:00Z', '2026-06-06T23:00Z'), '06-06 21:00/06-06 23:00', 'clipped to what was asked for');

insert into closed_day values (pg_temp.id('1'), '2026-06-07', 'closed'), (pg_temp.id('1'), '2026-06-13', 'closed');
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
select is(pg_temp.open('cmm', '2026-05-22T15:00Z', '2026-05-26T15:00Z'), '05-26 00:00/05-26 09:00', 'a substitute holiday');

select * from finish();
rollback;
