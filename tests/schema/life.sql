-- The life of a booking: changes, fees, approvals, offers, check-in, no-show, quotes; each outcome, and what is kept of it.
\ir support.psql
select plan(87);
update site set strike_count = null, strike_window_s = null, strike_ban_s = null;
delete from quota;
-- A wish as support.psql's, of kim at the instrument, with terms: locked 1 h before its start, free until 2 h before, then 5000.
create function pg_temp.ask(id text, from_h numeric, to_h numeric, resource text default 'cmm', person text default 'kim') returns fn.wish language plpgsql as $$
declare
  w fn.wish;
begin
  w := pg_temp.wish(ask.id, p.id, p.firm_id, r.id, from_h, to_h) from person p, resource r where p.code = person and r.code = resource;
  w.locked_from := w.starts - interval '1 hour';
  w.free_until := w.starts - interval '2 hours';
  w.late_fee := 5000;
  w.no_show_fee := 7000;
  return w;
end $$;
create function pg_temp.said(b fn.booking_reply) returns text language sql
return concat_ws(' ', (b).outcome, (b).pointer, (b).limit_value, (b).actual_value);
create function pg_temp.version_of(id text) returns integer language sql return (select b.version from booking b where b.id = pg_temp.id(version_of.id));
create function pg_temp.status_of(id text) returns text language sql as $$ select b.status from booking b where b.id = pg_temp.id(status_of.id) $$;
create function pg_temp.person_of(code text) returns uuid language sql return (select p.id from person p where p.code = person_of.code);
create function pg_temp.change(w fn.wish, at timestamptz default '2026-11-24T00:00Z', person text default 'kim', reason text default null, version integer default null,
                               is_trial boolean default false, key text default null) returns text language sql as $$
  select string_agg(pg_temp.said(c), ', ')
    from fn.booking_change(pg_temp.person_of(person), key, 'x', at, (select k.version from catalogue k), is_trial,
                           coalesce(change.version, (select b.version from booking b where b.id = w.id)), reason, w) c
$$;
create function pg_temp.cancel(id text, at text, person text default 'kim', staff boolean default false, reason text default null, waive boolean default false)
returns text language sql as $$
  select pg_temp.said(fn.booking_cancel(pg_temp.person_of(person), null, null, at::timestamptz, pg_temp.id(id), pg_temp.version_of(id), staff, reason, waive))
$$;
create function pg_temp.shown(id text) returns text language sql as $$
  select concat_ws(' ', b.status, to_char(b.starts_at, 'FMHH24:MI'), to_char(b.ends_at, 'FMHH24:MI'), b.version, b.fee, b.fee_kind) from booking b where b.id = pg_temp.id(shown.id)
$$;
create function pg_temp.freed(id text) returns text language sql as $$
  select string_agg(substr(f ->> 'start', 12, 5) || '-' || substr(f ->> 'end', 12, 5), ', ' order by f ->> 'start')
    from (select e.data from event e where e.object_id = pg_temp.id(freed.id) order by e.id desc limit 1) e, jsonb_array_elements(e.data -> 'freed') f
$$;

-- Changes: the id stays, what it was is kept, what it no longer needs is free.
select is(pg_temp.outcomes(pg_temp.ask('1', 4, 10)), 'ok', 'six hours');
select is(pg_temp.change(pg_temp.ask('1', 4, 7.83334)), 'ok', 'shrunk by 130 minutes');
select is(pg_temp.freed('1'), '07:50-10:00', 'which are free at its end');
select is(pg_temp.change(pg_temp.ask('1', 4, 11)), 'ok', 'extended');
select is(pg_temp.freed('1'), null, 'nothing is free');
select is(pg_temp.change(pg_temp.ask('1', 6.5, 12)), 'ok', 'moved on');
select is(pg_temp.freed('1'), '04:00-06:30', 'its old start is free');
select is(pg_temp.change(pg_temp.ask('1', 3, 8)), 'ok', 'moved back');
select is(pg_temp.freed('1'), '08:00-12:00', 'its old end is free');
select is(pg_temp.shown('1'), 'confirmed 3:00 8:00 5 0', 'one booking, five versions');
select is((select string_agg(version || ' ' || kind || ' ' || (was ->> 'start'), ', ' order by version) from booking_history where booking_id = pg_temp.id('1')),
          '1 changed 2026-11-25T04:00:00Z, 2 changed 2026-11-25T04:00:00Z, 3 changed 2026-11-25T04:00:00Z, 4 changed 2026-11-25T06:30:00Z', 'the others are kept');
select is((select count(*) from claim where booking_id = pg_temp.id('1')), 1::bigint, 'with one claim');
select is(pg_temp.outcomes(pg_temp.ask('2', 9, 10, person => 'oh')), 'ok', 'another firm''s');
select is(pg_temp.change(pg_temp.ask('1', 5, 9.5)), 'taken /start 2026-11-25T09:00:00Z cmm', 'an occupied time is refused');
select is(pg_temp.shown('1'), 'confirmed 3:00 8:00 5 0', 'and the old booking stands');
select is((select (live, during)::text from claim where booking_id = pg_temp.id('1')), '(t,"[""2026-11-25 03:00:00+00"",""2026-11-25 08:00:00+00"")")', 'with its claim');
select is(pg_temp.change(pg_temp.ask('1', 3, 9), is_trial => true), 'ok', 'a trial could');
select is(pg_temp.shown('1'), 'confirmed 3:00 8:00 5 0', 'but did not');
select is(pg_temp.change(pg_temp.ask('1', 3, 9), version => 4), 'stale_version 5 4', 'another version');
select is(pg_temp.change(pg_temp.ask('9', 3, 9), version => 4), 'not_found', 'none at all');
select is(pg_temp.change(pg_temp.ask('1', 3, 9), at => '2026-11-25T02:00Z'), 'locked 2026-11-25T02:00:00Z 2026-11-25T02:00:00Z', 'once it is locked');
create function pg_temp.by_staff(w fn.wish) returns fn.wish language plpgsql as $$ begin w.is_staff := true; return w; end $$;
select is(pg_temp.change(pg_temp.by_staff(pg_temp.ask('1', 3, 9)), '2026-11-25T02:30Z', 'technician'), 'missing_field /reason', 'staff say why');
select is(pg_temp.change(pg_temp.by_staff(pg_temp.ask('1', 3, 9)), '2026-11-25T02:30Z', 'technician', 'asked for by phone'), 'ok', 'and may');
select is(pg_temp.change(pg_temp.ask('1', 3, 8), key => 'c') || pg_temp.change(pg_temp.ask('1', 3, 8), key => 'c'), 'okok', 'with a key it happens once');
select is(pg_temp.shown('1'), 'confirmed 3:00 8:00 7 0', 'indeed');
select is((fn.session_start(:'technician', null, null, '2026-11-25T03:00Z', pg_temp.id('51'), pg_temp.id('1'), null, null)).outcome, 'ok', 'somebody works');
select is(pg_temp.change(pg_temp.ask('1', 4, 8), '2026-11-25T03:30Z'), 'in_the_past /start 2026-11-25T03:00:00Z 2026-11-25T04:00:00Z', 'what has begun begins when it began');
select is(pg_temp.change(pg_temp.ask('1', 3, 3.5), '2026-11-25T03:30Z'), 'in_the_past /end 2026-11-25T03:30:00Z 2026-11-25T03:30:00Z', 'what is over is over');
select is(pg_temp.change(pg_temp.ask('1', 3, 10), '2026-11-25T03:30Z'), 'taken /start 2026-11-25T09:00:00Z cmm', 'it can last until the next one');
select is(pg_temp.change(pg_temp.ask('1', 3, 9), '2026-11-25T03:30Z'), 'ok', 'no longer');
select is(pg_temp.shown('1'), 'started 3:00 9:00 9 0', 'it goes on');
select is((fn.session_finish(:'technician', null, null, '2026-11-25T05:00Z', pg_temp.id('51'), 1, 1, 0, 'done', null)).outcome, 'ok', 'and ends early');
select is((select data -> 'freed' ->> 0 from event where kind = 'session.finished'), '{"end": "2026-11-25T09:00:00Z", "start": "2026-11-25T05:00:00Z"}', 'the rest is free');
select is((select last_used_at from qualification_use where person_id = :'kim' and resource_id = :'cmm'), '2026-11-25T05:00Z'::timestamptz, 'its person has used it until then');
select is(pg_temp.change(pg_temp.ask('1', 3, 9)), 'already_finished finished', 'and is not changed any more');

-- A change keeps its own quota out of the count, and counts as what it becomes.
insert into quota (id, site_id, code, holder, period, most_s) values (pg_temp.id('1'), :'site', 'two_hours', 'person', 'day', 7200);
create function pg_temp.limited(w fn.wish) returns fn.wish language plpgsql as $$ begin w.quotas := array(select id from quota); return w; end $$;
select is(pg_temp.outcomes(pg_temp.limited(pg_temp.ask('3', 28, 29))), 'ok', 'an hour of two');
select is(pg_temp.change(pg_temp.limited(pg_temp.ask('3', 28, 30))), 'ok', 'two of two');
select is(pg_temp.change(pg_temp.limited(pg_temp.ask('3', 28, 30.5))), 'quota_time /quota/two_hours 7200 9000', 'not more');
delete from quota;

-- Cancelling: free, then with a fee, then not at all.
select is(pg_temp.outcomes(pg_temp.ask('11', 50, 51)) || pg_temp.outcomes(pg_temp.ask('12', 52, 53)) || pg_temp.outcomes(pg_temp.ask('13', 54, 55))
          || pg_temp.outcomes(pg_temp.ask('14', 56, 57)), 'okokokok', 'four');
select is(pg_temp.cancel('11', '2026-11-27T00:00Z'), 'ok', 'two hours before');
select is(pg_temp.shown('11'), 'cancelled 2:00 3:00 2 0', 'is free');
select is(pg_temp.cancel('12', '2026-11-27T02:00:01Z'), 'ok', 'a second later');
select is(pg_temp.shown('12'), 'cancelled 4:00 5:00 2 5000 late_cancellation', 'is not');
select is(pg_temp.freed('12'), '04:00-05:00', 'its time is free all the same');
select is(pg_temp.cancel('13', '2026-11-27T05:00Z'), 'locked 2026-11-27T05:00:00Z 2026-11-27T05:00:00Z', 'an hour before');
select is(pg_temp.cancel('13', '2026-11-27T05:00Z', waive => true), 'forbidden /waive_fee', 'only staff waive');
select is(pg_temp.cancel('13', '2026-11-27T05:00Z', 'technician', true, 'outage', true), 'ok', 'they may cancel');
select is(pg_temp.shown('13'), 'cancelled 6:00 7:00 2 0', 'free of charge');
select is(pg_temp.cancel('13', '2026-11-27T05:00Z'), 'already_cancelled cancelled', 'once');

-- Approvals, one after the other.
create function pg_temp.pending(w fn.wish, status text default 'pending') returns fn.wish language plpgsql as $$
begin
  w.status := status;
  w.approvals := '{technician,approver}';
  w.expires_at := '2026-11-24T12:00Z';
  return w;
end $$;
create function pg_temp.decide(what text, id text, person text, at text default '2026-11-24T01:00Z', reason text default null) returns text language plpgsql as $$
declare
  p person;
begin
  select * into p from person k where k.code = decide.person;
  return pg_temp.said(case what
    when 'approve' then fn.booking_approve(p.id, null, null, at::timestamptz, pg_temp.id(id), pg_temp.version_of(id), p.roles, reason)
    when 'decline' then fn.booking_decline(p.id, null, null, at::timestamptz, pg_temp.id(id), pg_temp.version_of(id), p.roles, reason)
    when 'accept' then fn.booking_accept(p.id, null, null, at::timestamptz, pg_temp.id(id), pg_temp.version_of(id))
    else fn.booking_check_in(p.id, null, null, at::timestamptz, pg_temp.id(id), pg_temp.version_of(id)) end);
end $$;
select is(pg_temp.outcomes(pg_temp.pending(pg_temp.ask('21', 60, 61))) || pg_temp.outcomes(pg_temp.pending(pg_temp.ask('22', 62, 63)))
          || pg_temp.outcomes(pg_temp.pending(pg_temp.ask('23', 64, 65))), 'okokok', 'three that want approvals');
select is(pg_temp.decide('approve', '21', 'approver'), 'forbidden technician', 'it is not the approver''s turn');
select is((fn.session_start(:'technician', null, null, '2026-11-24T01:00Z', pg_temp.id('52'), pg_temp.id('21'), null, null)).outcome, 'awaits_approval', 'nor anybody''s to begin');
select is(pg_temp.decide('approve', '21', 'technician') || ' ' || pg_temp.status_of('21'), 'ok pending', 'first the technician');
select is(pg_temp.decide('approve', '21', 'approver') || ' ' || pg_temp.status_of('21'), 'ok confirmed', 'then the approver');
select is((select (approved, expires_at)::text from booking where id = pg_temp.id('21')), '(2,)', 'now it expires no more');
select is(pg_temp.decide('approve', '21', 'approver'), 'conflict confirmed', 'there is nothing left to approve');
select is(pg_temp.change(pg_temp.pending(pg_temp.ask('21', 60, 61.5))) || ' ' || pg_temp.status_of('21'), 'ok pending', 'longer, it wants them again');
select is(pg_temp.decide('approve', '21', 'technician') || pg_temp.decide('approve', '21', 'approver') || ' ' || pg_temp.status_of('21'), 'okok confirmed', 'and gets them');
select is(pg_temp.change(pg_temp.pending(pg_temp.ask('21', 60, 61.75))) || pg_temp.decide('decline', '21', 'technician', reason => 'enough'), 'okok', 'or does not');
select is((select string_agg(version || ' ' || step || ' ' || is_approved, ', ' order by version) from booking_approval where booking_id = pg_temp.id('21')),
          '1 1 true, 2 2 true, 4 1 true, 5 2 true, 7 1 false', 'every decision is kept');
select is(pg_temp.decide('decline', '22', 'technician'), 'missing_field /reason', 'declining needs a reason');
select is(pg_temp.decide('decline', '22', 'technician', reason => 'too heavy'), 'ok', 'with it it is declined');
select is((select (status, cancel_reason, fee)::text from booking where id = pg_temp.id('22')), '(cancelled,"too heavy",0)', 'free of charge');
select is(pg_temp.decide('approve', '23', 'technician', '2026-11-24T12:00Z'), 'already_cancelled cancelled', 'too late');
select is((select (cancelled_at, cancelled_by, cancel_reason)::text from booking where id = pg_temp.id('23')), '("2026-11-24 12:00:00+00",,expired)', 'time was faster');

-- Offers to the waiting list.
select is(pg_temp.outcomes(pg_temp.pending(pg_temp.ask('31', 66, 67), 'offered')) || pg_temp.outcomes(pg_temp.pending(pg_temp.ask('32', 68, 69), 'offered'))
          || pg_temp.outcomes(pg_temp.pending(pg_temp.ask('33', 70, 71), 'offered')), 'okokok', 'three offers');
select is(pg_temp.decide('accept', '31', 'kim') || ' ' || pg_temp.status_of('31'), 'ok pending', 'accepted: it wants its approvals');
select is(pg_temp.decide('decline', '32', 'kim') || ' ' || pg_temp.status_of('32'), 'ok cancelled', 'declined');
select is(pg_temp.decide('accept', '33', 'kim', '2026-11-24T12:00Z'), 'offer_expired 2026-11-24T12:00:00Z 2026-11-24T12:00:00Z', 'too late');

select is(pg_temp.outcomes(pg_temp.pending(pg_temp.ask('34', 72, 73), 'offered')) || pg_temp.change(pg_temp.pending(pg_temp.ask('34', -14, -13), 'offered')), 'okok', 'moved nearer');
select is((select (status, expires_at)::text from booking where id = pg_temp.id('34')), '(offered,"2026-11-24 10:00:00+00")', 'an offer expires at its start');

-- What is over is over.
select is(pg_temp.outcomes(pg_temp.ask('35', -10, -9)) || ' ' || pg_temp.change(pg_temp.by_staff(pg_temp.ask('35', -10, -4)), '2026-11-24T14:59Z'), 'ok ok', 'while it lasts it can be extended');
select is(pg_temp.change(pg_temp.by_staff(pg_temp.ask('35', -10, 0)), '2026-11-24T20:00Z'), 'in_the_past /end 2026-11-24T20:00:00Z 2026-11-24T20:00:00Z', 'not when it is over');

-- Checking in, and who never came. A meter tells for whom nobody checks in.
update run_state set observed_until = null;
create function pg_temp.watched(w fn.wish) returns fn.wish language plpgsql as $$
begin
  w.check_in_from := w.starts - interval '5 minutes';
  w.no_show_at := w.starts + interval '10 minutes';
  return w;
end $$;
select is(pg_temp.outcomes(pg_temp.watched(pg_temp.ask('41', 80, 81))) || pg_temp.outcomes(pg_temp.watched(pg_temp.ask('42', 82, 83)))
          || pg_temp.outcomes(pg_temp.watched(pg_temp.ask('43', 84, 85))) || pg_temp.outcomes(pg_temp.watched(pg_temp.ask('44', 86, 87)))
          || pg_temp.outcomes(pg_temp.watched(pg_temp.ask('45', 88, 89))), 'okokokokok', 'five to come to');
select is(pg_temp.decide('check_in', '41', 'kim', '2026-11-28T07:54Z'), 'too_early 2026-11-28T07:55:00Z 2026-11-28T07:54:00Z', 'six minutes before');
select is((fn.session_start(:'technician', null, null, '2026-11-28T07:54Z', pg_temp.id('53'), pg_temp.id('41'), null, null)).outcome, 'too_early', 'no session either');
select is(pg_temp.decide('check_in', '41', 'kim', '2026-11-28T07:55Z'), 'ok', 'five minutes before');
select is(fn.booking_lapse(pg_temp.id('41'), '2026-11-28T12:00Z'), false, 'whoever has come is not missed');
select is(fn.booking_lapse(pg_temp.id('42'), '2026-11-28T10:11Z'), false, 'the meter has not told yet');
select is(fn.booking_lapse(pg_temp.id('42'), '2026-11-28T11:00Z') || pg_temp.shown('42'), 'truemissed 10:00 11:00 2 0', 'nobody is charged for what nobody saw');
insert into span (resource_id, ordinal, state, started_at, ended_at) values (:'cmm', 1, 'run', '2026-11-28T12:09Z', '2026-11-28T12:30Z');
insert into run_state (resource_id, state, version, observed_until) values (:'cmm', '{}', 1, '2026-11-28T14:10Z')
  on conflict (resource_id) do update set observed_until = excluded.observed_until;
select is(fn.booking_lapse(pg_temp.id('43'), '2026-11-28T12:11Z') || pg_temp.shown('43'), 'trueconfirmed 12:00 13:00 2 0', 'it saw somebody');
select is((select checked_in_at from booking where id = pg_temp.id('43')), '2026-11-28T12:09Z'::timestamptz, 'come');
select is(pg_temp.decide('check_in', '44', 'kim', '2026-11-28T14:11Z'), 'already_missed missed', 'eleven minutes late is too late');
select is(pg_temp.shown('44') || (select missed_at::text from booking where id = pg_temp.id('44')), 'missed 14:00 15:00 2 7000 no_show2026-11-28 14:10:00+00', 'it costs, as of its time');
select is(pg_temp.decide('check_in', '45', 'kim', '2026-11-28T16:09Z'), 'ok', 'nine minutes are not');

-- Quotes bind until they expire.
create function pg_temp.quoted(w fn.wish, quote text) returns fn.wish language plpgsql as $$ begin w.quote := pg_temp.id(quote); return w; end $$;
select is((fn.quote_create(:'kim', null, null, '2026-11-24T00:00Z', (select version from catalogue), false, '2026-11-24T12:00Z', pg_temp.ask('61', 100, 101))).outcome, 'ok', 'a quote');
select is(pg_temp.outcomes(pg_temp.quoted(pg_temp.ask('62', 100, 102), '61')) || ', ' || pg_temp.outcomes(pg_temp.quoted(pg_temp.ask('62', 100, 101), '99'))
          || ', ' || pg_temp.outcomes(pg_temp.quoted(pg_temp.ask('62', 100, 101), '61'), '2026-11-24T12:00Z') || ', ' || pg_temp.outcomes(pg_temp.quoted(pg_temp.ask('62', 100, 101), '61')),
          format('quote_mismatch /quote, unknown_reference /quote %s, quote_expired /quote 2026-11-24T12:00:00Z 2026-11-24T12:00:00Z, ok', pg_temp.id('99')), 'another time, another quote, too late, and right');
select * from finish();
rollback;
