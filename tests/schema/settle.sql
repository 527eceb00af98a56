-- What bookings without a session cost: fees of absence less the resale credit, and rooms by what was reserved.
\ir support.psql
select plan(23);

-- A booking as its life has left it: cmm's one unit, hours of 2026-11-25 UTC, a fee of 10,000.
create function pg_temp.booked(id text, firm uuid, from_h numeric, to_h numeric, status text, fee bigint default 0, missed_h numeric default null,
                               finishes boolean default false, credits boolean default true, resource text default 'cmm', seat integer default 1) returns void language plpgsql as $$
declare
  day constant timestamptz := '2026-11-25T00:00Z';
  span constant tstzrange := tstzrange(day + from_h * interval '1 hour', day + to_h * interval '1 hour');
begin
  insert into booking (id, firm_id, resource_id, person_id, created_by, mode, during, status, price, support, explain, created_at, free_until,
                       late_fee, credits_resale, missed_at, fee, fee_kind, finishes_itself)
    select pg_temp.id(booked.id), booked.firm, r.id, p.id, p.id, 'self', span, booked.status, 50000, 0, '{}', day, day - interval '1 day', 10000, credits,
        day + missed_h * interval '1 hour', booked.fee, case booked.status when 'cancelled' then 'late_cancellation' when 'missed' then 'no_show' end, finishes
      from resource r, (select p.id from person p where p.firm_id = booked.firm order by code limit 1) p where r.code = booked.resource;
  insert into claim (unit_id, during, booking_id, live)
    select u.id, case when missed_h is null then span else span * tstzrange(null, day + missed_h * interval '1 hour') end, pg_temp.id(booked.id), booked.status <> 'cancelled'
      from unit u join resource r on r.id = u.resource_id where r.code = booked.resource and u.ordinal = seat;
end $$;
create function pg_temp.came(id text, at_h numeric) returns void language sql as $$
  insert into session (id, booking_id, firm_id, resource_id, unit_id, technician_id, started_at, finished_at)
    select pg_temp.id('1' || $1), b.id, b.firm_id, b.resource_id, c.unit_id, b.person_id, '2026-11-25T00:00Z'::timestamptz + at_h * interval '1 hour',
        '2026-11-25T00:00Z'::timestamptz + at_h * interval '1 hour'
      from booking b join claim c on c.booking_id = b.id where b.id = pg_temp.id($1)
$$;
create function pg_temp.settled(id text) returns text language sql return
  (select concat_ws(' ', kind, fee, resold_s, billable_s, reserved = logged, service_day) from usage where booking_id = pg_temp.id(settled.id));
create function pg_temp.settle(at_h numeric) returns bigint language sql return fn.usage_settle('2026-11-25T00:00Z'::timestamptz + at_h * interval '1 hour', 100);

select pg_temp.booked('1', :'hanbit', 1, 3, 'cancelled', 10000) \gset ignored_
select is(pg_temp.settle(2.9), 0::bigint, 'nothing before the end of the booked time');
select is(pg_temp.settle(3), 1::bigint, 'at its end');
select is(pg_temp.settled('1'), 'late_cancellation 10000 0 0 f 2026-11-25', 'the whole fee when nobody else came, and nothing logged');
select is(pg_temp.settle(9), 0::bigint, 'once');
select is((select (at, kind, data ->> 'fee')::text from event where object_id = (select id from usage where booking_id = pg_temp.id('1'))),
          '("2026-11-25 03:00:00+00",usage.ready,10000)', 'told with the time of the end');

select pg_temp.booked('2', :'hanbit', 4, 6, 'cancelled', 10001), pg_temp.booked('3', :'daeya', 5, 5.525, 'confirmed'), pg_temp.booked('4', :'daeya', 5.75, 7, 'confirmed') \gset ignored_
select is(pg_temp.settle(6), 0::bigint, 'it is open whether the next one comes');
update booking set status = 'missed', missed_at = '2026-11-25T05:15Z' where id = pg_temp.id('3');
select is(pg_temp.settle(6.5), 0::bigint, 'and the one after it');
select pg_temp.came('4', 6.25) \gset ignored_
update booking set status = 'finished' where id = pg_temp.id('4');
select is(pg_temp.settle(6.5), 1::bigint, 'known before the other''s end');
select is(pg_temp.settled('2'), 'late_cancellation 8751 900 0 f 2026-11-25', '15 of 120 minutes are credited, of the one who came: 1,250.125 won');

select pg_temp.booked('5', :'hanbit', 8, 10, 'missed', 10000, 8.5), pg_temp.booked('6', :'daeya', 8.5, 9, 'finished'), pg_temp.booked('7', :'daeya', 9, 9.999, 'started') \gset ignored_
select pg_temp.came('6', 8.5), pg_temp.came('7', 9.1) \gset ignored_
select is(pg_temp.settle(10), 1::bigint, 'one that has started is known');
select is(pg_temp.settled('5'), 'no_show 2583 5340 0 f 2026-11-25', 'whole minutes of all together: 89 of 120');

select pg_temp.booked('8', :'hanbit', 11, 12, 'cancelled', 10000), pg_temp.booked('9', :'hanbit', 11, 12, 'finished') \gset ignored_
select pg_temp.came('9', 11) \gset ignored_
select is(pg_temp.settle(12), 1::bigint, 'the firm''s own');
select is(pg_temp.settled('8'), 'late_cancellation 10000 0 0 f 2026-11-25', 'does not count');

select pg_temp.booked('21', :'hanbit', 13, 14, 'cancelled', 10000, credits => false), pg_temp.booked('22', :'daeya', 13, 14, 'confirmed') \gset ignored_
select is(pg_temp.settle(14), 1::bigint, 'without credit nobody is waited for');
select is(pg_temp.settled('21'), 'late_cancellation 10000 0 0 f 2026-11-25', 'and nothing credited');

select pg_temp.booked('23', :'hanbit', 15, 16, 'cancelled', 10000), pg_temp.booked('24', :'daeya', 15, 16, 'confirmed') \gset ignored_
select is(pg_temp.settle(16), 1::bigint, 'one that nobody came to by its end');
select pg_temp.came('24', 16.5) \gset ignored_
select is(pg_temp.settled('23'), 'late_cancellation 10000 0 0 f 2026-11-26', 'has not used it');

select pg_temp.booked('25', :'hanbit', 17, 18.5, 'finished', finishes => true, resource => 'multimedia_room'), pg_temp.booked('26', :'hanbit', 19, 20, 'finished', finishes => true, resource => 'multimedia_room') \gset ignored_
select pg_temp.came('26', 19) \gset ignored_
select is(pg_temp.settle(20), 2::bigint, 'rooms');
select is(pg_temp.settled('25'), 'use 5400 t 2026-11-26', 'by what was reserved, on its local day');
select is(pg_temp.settled('26'), null, 'one with a session has its usage from there');

-- A room of twelve seats: a seat was used by others when all were used.
select pg_temp.booked('40', :'hanbit', 31, 33, 'cancelled', 12000, resource => 'multimedia_room') \gset ignored_
select count(pg_temp.booked('4' || n, case when n < 4 then :'hanbit'::uuid else :'daeya' end, 32, 33, 'finished', finishes => true, resource => 'multimedia_room', seat => n))
  from generate_series(1, 11) n \gset ignored_
select is((select minutes from fn.usage_resold((select b from booking b where b.id = pg_temp.id('40')), '2026-11-26T09:00Z')), 0::bigint, 'one seat was left');
select pg_temp.booked('412', :'daeya', 32.5, 34, 'finished', finishes => true, resource => 'multimedia_room', seat => 12) \gset ignored_
select is((select minutes from fn.usage_resold((select b from booking b where b.id = pg_temp.id('40')), '2026-11-26T09:00Z')), 30::bigint, 'then it was not');

set local role labtab_api;
select throws_ok('select fn.usage_settle(''2026-11-26T00:00Z'', 1)', '42501', null, 'the api settles nothing');
select * from finish();
rollback;
