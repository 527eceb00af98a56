-- Sessions: for bookings and for firms that walk in; one at a time on a unit.
\ir support.psql
select plan(38);
create function pg_temp.start(id text, booking text, at text, resource uuid default null, firm uuid default null, key text default null, hash text default 'a')
returns text language sql as $$
  select concat_ws(' ', outcome, pointer, actual_value)
    from fn.session_start(current_setting('test.technician')::uuid, key, hash::bytea, at::timestamptz, pg_temp.id(id), pg_temp.id(booking), resource, firm)
$$;
create function pg_temp.finish(id text, version integer, at text, key text default null, hash text default 'a') returns text language sql as $$
  select concat_ws(' ', outcome, pointer, limit_value)
    from fn.session_finish(current_setting('test.technician')::uuid, key, hash::bytea, at::timestamptz, pg_temp.id(id), version, 2, 600, 'partly', 'note')
$$;
select set_config('test.technician', :'technician', true) \gset ignored_
set local role labtab_api;
select outcome from pg_temp.book('1', :'kim', :'hanbit', :'cmm', 1, 2) \gset ignored_
select outcome from pg_temp.book('2', :'oh', :'daeya', :'cmm', 2, 3) \gset ignored_
select outcome from pg_temp.book('3', :'oh', :'daeya', :'cmm', 5, 8) \gset ignored_

select is(pg_temp.start('11', '999', '2026-11-25T01:00Z'), 'unknown_reference /booking ' || pg_temp.id('999'), 'a booking that is not there');
select is(pg_temp.start('11', '2', '2026-11-25T01:30Z'), 'taken /booking', 'a booking whose unit is another''s at the moment');
select is(pg_temp.start('11', '1', '2026-11-25T01:01Z', key => 's1'), 'ok', 'a booking begins');
select is(pg_temp.start('12', '1', '2026-11-25T01:02Z', key => 's1'), 'ok', 'the same key and body');
select is((select count(*) from session), 1::bigint, 'are one session');
select is(pg_temp.start('12', '2', '2026-11-25T01:02Z', key => 's1', hash => 'b'), 'key_reused', 'the same key and another body');
select is(pg_temp.start('12', '1', '2026-11-25T01:02Z'), 'already_started /booking started', 'a booking begins once');
select is(pg_temp.start('12', '2', '2026-11-25T02:00Z'), 'taken /booking', 'nor does the next before the unit is free');
select is((select (status, version)::text from booking where id = pg_temp.id('1')), '(started,2)', 'the booking says so');

select is(pg_temp.finish('99', 1, '2026-11-25T01:30Z'), 'not_found', 'a session that is not there');
select is(pg_temp.finish('11', 9, '2026-11-25T01:30Z'), 'stale_version 1', 'another version');
select is(pg_temp.finish('11', 1, '2026-11-25T01:00Z'), 'conflict 2026-11-25T01:01:00Z', 'an end before the start');
select is(pg_temp.finish('11', 1, '2026-11-25T01:30Z', 'f1'), 'ok', 'it ends');
select is(pg_temp.finish('11', 1, '2026-11-25T01:30Z', 'f1'), 'ok', 'the same key and body again');
select is(pg_temp.finish('11', 2, '2026-11-25T01:40Z'), 'already_finished', 'it ends once');
select is((select (finished_at, sample_count, operator_s, outcome, notes, version)::text from session), '("2026-11-25 01:30:00+00",2,600,partly,note,2)', 'what was logged');
select is((select during from claim where booking_id = pg_temp.id('1')), '[2026-11-25T01:00Z,2026-11-25T01:30Z)'::tstzrange, 'what was left of the time is free');
select is(pg_temp.start('12', '1', '2026-11-25T01:35Z'), 'already_finished /booking finished', 'what is over does not begin again');

select is(pg_temp.start('13', null, '2026-11-25T01:40Z', :'cmm', :'hanbit'), 'ok', 'somebody walks in while the instrument is free');
select is(pg_temp.start('14', null, '2026-11-25T01:41Z', :'cmm', :'daeya'), 'taken /resource', 'one at a time');
select is(pg_temp.finish('13', 1, '2026-11-25T01:50Z'), 'ok', 'and leaves');
select is(pg_temp.start('14', null, '2026-11-25T05:30Z', :'cmm', :'hanbit'), 'taken /resource', 'nobody walks into another''s booking');
select is(pg_temp.start('15', null, '2026-11-25T01:00Z', :'room', :'hanbit') || pg_temp.start('16', null, '2026-11-25T01:00Z', :'room', :'daeya'), 'okok', 'two in a room with seats');
select is((select count(distinct unit_id) from session where resource_id = :'room'), 2::bigint, 'each on one');

-- Pads: tearing down takes its time after an early end too.
set local role labtab_api;
select is((b).outcome, 'ok', 'a booking with pads and an operator')
  from pg_temp.make(pg_temp.wish('4', :'kim', :'hanbit', :'vision', 10, 11, array[:'operator']::uuid[], pad_s => 900)) b;
select is(pg_temp.start('21', '4', '2026-11-25T10:00Z') || pg_temp.finish('21', 1, '2026-11-25T10:20Z'), 'okok', 'ends early');
select is((select array_agg(distinct during) from claim where booking_id = pg_temp.id('4') and live), array['[2026-11-25T09:45Z,2026-11-25T10:35Z)'::tstzrange], 'what is kept ends with its tear-down');
select is((select count(*) from claim where booking_id = pg_temp.id('4') and live), 2::bigint, 'of the operator too');
select is((pg_temp.book('5', :'kim', :'hanbit', :'vision', 20, 21)).outcome || pg_temp.start('22', '5', '2026-11-25T18:00Z') || pg_temp.finish('22', 1, '2026-11-25T19:00Z'), 'okokok', 'one is over before its time');
select is((select count(*) from claim where booking_id = pg_temp.id('5') and live), 0::bigint, 'nothing of it is kept');

-- A clock that is behind: sessions on a unit never overlap.
select is(pg_temp.start('23', null, '2026-11-25T18:59Z', :'vision', :'hanbit'), 'taken /resource', 'nobody starts in what has been another''s session');
reset role;
select throws_ok(format('insert into session (id, firm_id, resource_id, unit_id, technician_id, started_at) select %L, firm_id, resource_id, unit_id, technician_id, %L from session where id = %L',
  pg_temp.id('24'), '2026-11-25T18:30Z', pg_temp.id('22')), '23P01', null, 'by whatever way');

-- Whoever comes after the hold has expired takes a new one, of what there is then.
select is((pg_temp.book('6', :'kim', :'hanbit', :'vision', 1, 2, budgets => array[:'state_budget']::uuid[], wanted => '{50000}')).support, 50000::bigint, 'a hold');
select is(fn.expired_holds_release('2026-11-25T09:00Z', 10), 1::bigint, 'expires');
insert into budget_entry (budget_id, kind, amount, at) select id, 'draw', 30000 - balance, '2026-11-25T00:00Z' from budget where id = :'state_budget';
set local role labtab_api;
select is(pg_temp.start('25', '6', '2026-11-26T01:00Z'), 'ok', 'somebody comes all the same');
select is((select sum(amount) from budget_entry where booking_id = pg_temp.id('6')), -30000::numeric, 'and holds what is left');
select is(pg_temp.finish('25', 1, '2026-11-26T01:30Z'), 'ok', 'and goes');
reset role;
select is(fn.expired_holds_release('2026-12-25T09:00Z', 10), 0::bigint, 'a hold that came to something does not expire');
select * from finish();
rollback;
