-- The waiting list: an entry follows the booking that it was offered, ends by time, and is its firm's alone; reminders.
\ir support.psql
select plan(20);
create function pg_temp.waits(id text, person uuid, firm uuid, from_h integer, to_h integer, seconds integer default 3600) returns text language sql as $$
  select (fn.waitlist_join(person, null, null, '2026-11-24T00:00Z', pg_temp.id(id), firm, person, (select r.id from resource r where r.code = 'cmm'), '{}', 'self',
    '2026-11-25T00:00Z'::timestamptz + from_h * interval '1 hour', '2026-11-25T00:00Z'::timestamptz + to_h * interval '1 hour', seconds, null, null)).outcome
$$;
create function pg_temp.status(id text) returns text language sql return (select status || ' ' || version from waitlist_entry w where w.id = pg_temp.id(status.id));
create function pg_temp.told(id text) returns text language sql security definer return
  (select string_agg(kind || ' ' || to_char(at, 'DD HH24:MI'), ', ' order by e.id) from event e where object_id = pg_temp.id(told.id));
-- The offer as a booking, in some status.
create function pg_temp.offered(id text, slot text, state text) returns void language sql security definer as $$
  insert into booking (id, firm_id, resource_id, person_id, created_by, mode, during, status, price, support, explain, created_at, expires_at)
    select pg_temp.id(slot), w.firm_id, w.resource_id, w.person_id, w.person_id, 'self', tstzrange(w.earliest, w.earliest + interval '1 hour'), state, 0, 0, '{}',
        '2026-11-24T00:00Z', '2026-11-24T02:00Z' from waitlist_entry w where w.id = pg_temp.id($1);
  update waitlist_entry w set status = 'offered', booking_id = pg_temp.id(slot) where w.id = pg_temp.id($1);
$$;

set local role labtab_api;
select set_config('labtab.firm', :'hanbit', true) \gset ignored_
select is(pg_temp.waits('1', :'kim', :'hanbit', 1, 3), 'ok', 'joined');
select is(pg_temp.waits('2', :'kim', :'hanbit', 1, 3), 'already_waiting', 'once for a time');
select is(pg_temp.waits('2', :'kim', :'hanbit', 1, 4), 'ok', 'but for another too');
select throws_ok(format('select pg_temp.waits(''3'', %L, %L, 1, 3)', :'oh', :'daeya'), '42501', null, 'nobody joins for another firm');
select set_config('labtab.firm', :'daeya', true) \gset ignored_
select is((select count(*) from waitlist_entry), 0::bigint, 'another firm sees none');
select is((fn.waitlist_leave(:'oh', null, null, '2026-11-24T01:00Z', pg_temp.id('1'), 1)).outcome, 'not_found', 'nor does it leave it');
select throws_ok('select fn.waitlist_expire(''2026-11-26T00:00Z'', 1)', '42501', null, 'the api ends nothing');
reset role;
select set_config('labtab.firm', '*', true) \gset ignored_

select pg_temp.offered('1', '11', 'offered') \gset ignored_
select fn.waitlist_follow(pg_temp.id('11'), '2026-11-24T01:00Z') \gset ignored_
select is(pg_temp.status('1'), 'offered 1', 'as long as the offer stands nothing changes');
update booking set status = 'cancelled' where id = pg_temp.id('11');
select fn.waitlist_follow(pg_temp.id('11'), '2026-11-24T02:00Z'), fn.waitlist_follow(pg_temp.id('11'), '2026-11-24T03:00Z') \gset ignored_
select is(pg_temp.status('1'), 'waiting 2', 'an offer that came to nothing lets it wait on, once');
select is(pg_temp.told('1'), 'waitlist.joined 24 00:00, waitlist.passed 24 02:00', 'and tells');
select pg_temp.offered('2', '12', 'confirmed') \gset ignored_
select fn.waitlist_follow(pg_temp.id('12'), '2026-11-24T01:00Z') \gset ignored_
select is(pg_temp.status('2'), 'taken 2', 'one that was accepted is taken');

select is(fn.waitlist_expire('2026-11-25T02:00Z', 10), 0::bigint, 'the last moment at which it fits is not over');
select is(fn.waitlist_expire('2026-11-25T09:00Z', 10), 1::bigint, 'later it is');
select is(pg_temp.told('1'), 'waitlist.joined 24 00:00, waitlist.passed 24 02:00, waitlist.expired 25 02:00', 'with the time at which it was over');
select is((fn.waitlist_leave(:'kim', null, null, '2026-11-25T09:00Z', pg_temp.id('1'), 3)).actual_value, 'expired', 'nobody leaves what is over');

-- Reminders: valid until the 30th, told two days before; another by its last use.
update booking_rule set needs_qualification = true, reminder_s = 172800, unused_limit_s = 864000, never_used_limit_s = null where resource_id = :'vision';
delete from qualification where resource_id = :'vision';
insert into qualification (id, person_id, firm_id, resource_id, valid)
  values (pg_temp.id('21'), :'kim', :'hanbit', :'vision', '[2026-01-01T00:00Z,2026-11-30T00:00Z)'), (pg_temp.id('22'), :'oh', :'daeya', :'vision', '[2026-01-01T00:00Z,)');
insert into qualification_use (person_id, resource_id, firm_id, last_used_at) values (:'oh', :'vision', :'daeya', '2026-11-20T00:00Z');
select fn.qualifications_remind('2026-11-27T23:59Z', 100), fn.qualifications_remind('2026-11-28T12:00Z', 100), fn.qualifications_remind('2026-11-28T13:00Z', 100) \gset ignored_
select is(pg_temp.told('21'), 'qualification.expiring 28 00:00', 'once, with the time at which it was due');
select is(pg_temp.told('22'), 'qualification.expiring 28 00:00', 'ten days after the last use, less two');
update qualification_use set last_used_at = '2026-11-29T00:00Z' where resource_id = :'vision';
select fn.qualifications_remind('2026-12-02T00:00Z', 100) \gset ignored_
select is(pg_temp.told('21'), 'qualification.expiring 28 00:00, qualification.expired 30 00:00', 'and that it ended');
select is(pg_temp.told('22'), 'qualification.expiring 28 00:00', 'one that was used again has time');
insert into qualification (id, person_id, firm_id, resource_id, valid) values (pg_temp.id('23'), :'oh', :'daeya', :'vision', '[2025-01-01T00:00Z,2026-01-01T00:00Z)');
select fn.qualifications_remind('2026-12-12T00:00Z', 100) \gset ignored_
select is(concat_ws('; ', pg_temp.told('22'), pg_temp.told('23')), 'qualification.expiring 28 00:00, qualification.expired 09 00:00', 'what was renewed is not told of, nor what is over before it was told');
select * from finish();
rollback;
