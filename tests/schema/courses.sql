-- Courses: seats of the room, the list with its waiting people, attendance, and the qualifications that come of it.
\ir support.psql
select plan(78);
select id as yoon from person where code = 'yoon' \gset
select set_config('test.technician', :'technician', true) \gset ignored_
insert into course (id, site_id, code, name, room_id, seats, attendance_num, attendance_den)
  values (pg_temp.id('1'), :'site', 'step1', 'STEP1', :'room', 2, 1, 2),
         (pg_temp.id('2'), :'site', 'old', 'Old', :'room', 2, 1, 1);
update course set is_active = false where code = 'old';
insert into course_grant (course_id, resource_id, validity_s) values (pg_temp.id('1'), :'vision', 86400 * 30), (pg_temp.id('1'), :'cmm', null);
delete from qualification;
select count(*) as units from unit where resource_id = :'room' \gset

-- Times as texts: days and hours of November 2026.
create function pg_temp.plan(id text, course text, seats integer, meetings text[], key text default null, hash text default 'a') returns text
language sql as $$
  select string_agg(concat_ws(' ', outcome, pointer, limit_value, actual_value), ', ' order by pointer)
    from fn.cohort_create(current_setting('test.technician')::uuid, key, hash::bytea, '2026-11-24T00:00Z', pg_temp.id(id), course, seats,
      array(select ('2026-11-' || split_part(m, '/', 1) || 'Z')::timestamptz from unnest(meetings) with ordinality o (m, n) order by n),
      array(select ('2026-11-' || split_part(m, '/', 2) || 'Z')::timestamptz from unnest(meetings) with ordinality o (m, n) order by n))
$$;
create function pg_temp.enrol(cohort text, person uuid, at text default '24T00:00', waits boolean default true, key text default null) returns text
language sql as $$
  select concat_ws(' ', outcome, pointer, case when outcome = 'ok' then status else nullif(concat_ws(' ', limit_value, actual_value), '') end)
    from fn.enrolment_create(current_setting('test.technician')::uuid, key, 'a', ('2026-11-' || at || 'Z')::timestamptz, pg_temp.id(cohort), person, waits)
$$;
create function pg_temp.leave(cohort text, person uuid, at text default '24T00:00', key text default null) returns text
language sql as $$
  select concat_ws(' ', outcome, pointer, case when outcome = 'ok' then status else actual_value end)
    from fn.enrolment_leave(current_setting('test.technician')::uuid, key, 'a', ('2026-11-' || at || 'Z')::timestamptz, pg_temp.id(cohort), person)
$$;
create function pg_temp.attend(cohort text, version integer, n integer, present uuid[], absent uuid[], at text default '25T02:00', key text default null)
returns text language sql as $$
  select string_agg(concat_ws(' ', outcome, pointer, limit_value), ', ' order by pointer)
    from fn.cohort_attendance(current_setting('test.technician')::uuid, key, 'a', ('2026-11-' || at || 'Z')::timestamptz, pg_temp.id(cohort), version, n, present, absent)
$$;
create function pg_temp.finish(cohort text, version integer, at text, key text default null) returns text language sql as $$
  select concat_ws(' ', outcome, limit_value)
    from fn.cohort_finish(current_setting('test.technician')::uuid, key, 'a', ('2026-11-' || at || 'Z')::timestamptz, pg_temp.id(cohort), version)
$$;
create function pg_temp.cancel(cohort text, version integer, at text default '24T00:00', key text default null) returns text language sql as $$
  select concat_ws(' ', outcome, limit_value)
    from fn.cohort_cancel(current_setting('test.technician')::uuid, key, 'a', ('2026-11-' || at || 'Z')::timestamptz, pg_temp.id(cohort), version, 'ill')
$$;
create function pg_temp.version(cohort text) returns integer language sql as $$ select version from cohort c where c.id = pg_temp.id(version.cohort) $$;
create function pg_temp.list(cohort text) returns text language sql as $$
  select string_agg(p.code || ' ' || e.status, ', ' order by p.code) from enrolment e join person p on p.id = e.person_id where e.cohort_id = pg_temp.id(cohort)
$$;
create function pg_temp.events(kind text) returns text language sql as $$
  select string_agg(coalesce(f.code, 'lab') || coalesce(' ' || (e.data ->> 'person'), ''), ', ' order by e.id)
    from event e left join firm f on f.id = e.firm_id where e.kind = events.kind
$$;
create function pg_temp.qualified(person uuid, resource uuid) returns text language sql as $$
  select string_agg(valid::text, ' ' order by valid) from qualification q where q.person_id = qualified.person and q.resource_id = qualified.resource
$$;
create function pg_temp.give(from_day text, to_day text) returns text language sql as $$
  select concat_ws(' ', outcome, valid_from::date, valid_to::date) from fn.qualification_grant(current_setting('test.technician')::uuid, null, null, '2026-12-01T00:00Z',
    (select id from person where code = 'yoon'), (select id from resource where code = 'vision'), from_day::timestamptz, to_day::timestamptz)
$$;
create function pg_temp.ends() returns timestamptz language sql as $$
  select fn.qualification_ends_at(q, '2026-11-24T00:00Z') from qualification q join person p on p.id = q.person_id where p.code = 'yoon' order by q.valid desc limit 1
$$;
create function pg_temp.revoke(id uuid, at text, key text default null) returns text language sql as $$
  select concat_ws(' ', outcome, limit_value, valid_to) from fn.qualification_revoke(current_setting('test.technician')::uuid, key, 'a', at::timestamptz, id, 'unsafe')
$$;
set local role labtab_api;

-- Planning: seats of the room for every meeting, or nothing.
select is(pg_temp.plan('11', 'nothing', null, '{25T01:00/25T02:00}'), 'unknown_reference /course nothing', 'a course that is not there');
select is(pg_temp.plan('11', 'old', null, '{25T01:00/25T02:00}'), 'not_bookable /course old', 'one that is given no more');
select is(pg_temp.plan('11', 'step1', 1000, '{23T01:00/23T02:00}'),
  'in_the_past /meetings/0/start 2026-11-24T00:00:00Z 2026-11-23T01:00:00Z, too_large /seats ' || :units || ' 1000', 'all that is wrong at once');
select is(pg_temp.plan('11', 'step1', :units - 1, '{26T01:00/26T02:00,25T01:00/25T02:00}', 'k1'), 'ok', 'a cohort');
select is(pg_temp.plan('12', 'step1', :units - 1, '{26T01:00/26T02:00,25T01:00/25T02:00}', 'k1'), 'ok', 'the same key and body');
select is((select count(*) from cohort), 1::bigint, 'is one cohort');
select is(pg_temp.plan('12', 'step1', 1, '{26T01:00/26T02:00}', 'k1', 'b'), 'key_reused', 'the same key and another body');
select is((select array_agg((n, during)::text order by n) from cohort_meeting),
  array['(1,"[""2026-11-25 01:00:00+00"",""2026-11-25 02:00:00+00"")")', '(2,"[""2026-11-26 01:00:00+00"",""2026-11-26 02:00:00+00"")")'], 'meetings are numbered by time');
select is((select count(*) from claim where cohort_id = pg_temp.id('11') and live and reason = 'course'), 2 * (:units - 1)::bigint, 'each claims its seats');
select is(pg_temp.plan('12', 'step1', 2, '{25T01:30/25T03:00,27T01:00/27T02:00,26T00:30/26T01:30}'),
  'taken /meetings/0 multimedia_room, taken /meetings/2 multimedia_room', 'each meeting without seats is told');
select is((select count(*) from claim where cohort_id = pg_temp.id('12')), 0::bigint, 'and nothing is kept of the others');
select is((select count(*) from cohort where id = pg_temp.id('12')), 0::bigint, 'nor a cohort');
select is((select count(*) from claim where reason = 'course' and live) , 2 * (:units - 1)::bigint, 'the other''s claims stand');
select is(pg_temp.plan('12', pg_temp.id('1')::text, null, '{25T02:00/25T03:00}'), 'ok', 'a course by its id, with the seats of the course, after another');
select is((select seats from cohort where id = pg_temp.id('12')), 2, 'as many as the course says');

-- Enrolment: the places, then the waiting list.
select is(pg_temp.enrol('99', :'kim'), 'not_found', 'a cohort that is not there');
select is(pg_temp.enrol('12', :'kim', key => 'e1'), 'ok enrolled', 'one is enrolled');
select is(pg_temp.enrol('12', :'kim', key => 'e1'), 'ok enrolled', 'the same key again');
select is(pg_temp.enrol('12', :'kim'), 'already_enrolled /person enrolled', 'once');
select is(pg_temp.enrol('12', :'oh'), 'ok enrolled', 'another');
select is(pg_temp.enrol('12', :'yoon', waits => false), 'course_full 2 2', 'it is full');
select is(pg_temp.enrol('12', :'technician', '24T00:01'), 'ok waiting', 'so one waits');
select is(pg_temp.enrol('12', :'yoon', '24T00:02'), 'ok waiting', 'and another behind');
select is(pg_temp.enrol('12', :'yoon'), 'already_enrolled /person waiting', 'who waits is on the list');
select is((select (enrolled, waiting)::text from fn.cohort_numbers(pg_temp.id('12'))), '(2,2)', 'they are counted');
select is(pg_temp.leave('12', :'kim', key => 'l1'), 'ok left', 'one leaves');
select is(pg_temp.leave('12', :'kim', key => 'l1'), 'ok left', 'the same key again');
select is(pg_temp.leave('12', :'kim'), 'conflict /person left', 'once');
select is(pg_temp.list('12'), 'kim left, oh enrolled, technician enrolled, yoon waiting', 'the first who waited moves up');
select is(pg_temp.events('enrolment.moved_up'), 'lab technician', 'and is told');
select is(pg_temp.enrol('12', :'kim', '24T00:03'), 'ok waiting', 'who comes again is the last');
select is(pg_temp.leave('12', :'yoon'), 'ok left', 'leaving the waiting list');
select is(pg_temp.list('12'), 'kim waiting, oh enrolled, technician enrolled, yoon left', 'moves nobody');
select is(pg_temp.leave('12', (select id from person where code = 'finance')), 'unknown_reference /person', 'who never came can''t leave');
select is(pg_temp.enrol('12', :'yoon', '25T02:00'), 'in_the_past 2026-11-25T02:00:00Z 2026-11-25T02:00:00Z', 'the first meeting has begun');
select is(pg_temp.leave('12', :'oh', '25T02:00'), 'in_the_past 2026-11-25T02:00:00Z', 'for those who leave too');

-- A firm sees its own people, and the numbers of all.
select set_config('labtab.firm', :'daeya', true) \gset ignored_
select is((select (enrolled, waiting, enrolments -> 0 ->> 'person', jsonb_array_length(enrolments))::text from cohort c, fn.cohort_show(c) where c.id = pg_temp.id('12')),
  '(2,1,oh,1)', 'of the list');
select is((select count(*) from enrolment), 1::bigint, 'and of the table');
select throws_ok(format('select fn.cohort_claims_take(now(), %L, %L, 1, array[%L]::timestamptz[], array[%L]::timestamptz[])', pg_temp.id('13'), :'room', '2026-11-27T01:00Z', '2026-11-27T02:00Z'),
  '42501', null, 'a firm can''t claim for a course');
select throws_ok(format('select fn.cohort_claims_release(%L, %L)', pg_temp.id('11'), '2026-11-24T00:00Z'), '42501', null, 'nor release');
select throws_ok(format('select fn.qualification_give(%L, %L, %L, null, null, %L)', :'oh', :'cmm', '2026-11-24T00:00Z', '2026-11-24T00:00Z'), '42501', null, 'nor qualify');
select throws_ok(format('select fn.qualification_end(%L, %L)', pg_temp.id('1'), '2026-11-24T00:00Z'), '42501', null, 'nor take away');
select throws_ok(format('insert into qualification (id, person_id, firm_id, resource_id, valid) values (%L, %L, %L, %L, ''[2026-01-01,)'')', pg_temp.id('77'), :'oh', :'daeya', :'cmm'),
  '42501', null, 'not by hand either');
select set_config('labtab.firm', '*', true) \gset ignored_

-- Attendance: by meeting, to be corrected.
select is(pg_temp.attend('12', 1, 1, array[:'oh']::uuid[], '{}'), 'stale_version ' || pg_temp.version('12'), 'another version');
select is(pg_temp.attend('12', pg_temp.version('12'), 1, array[:'oh']::uuid[], '{}', '25T01:59'), 'too_early /n 2026-11-25T02:00:00Z', 'a meeting that has not begun');
select is(pg_temp.attend('12', pg_temp.version('12'), 2, array[:'oh', :'yoon']::uuid[], array[:'kim']::uuid[]),
  'unknown_reference /absent/0, unknown_reference /n, unknown_reference /present/1', 'who and what is not there, all at once');
select is(pg_temp.attend('12', pg_temp.version('12'), 1, array[:'technician']::uuid[], array[:'oh']::uuid[], key => 'a1'), 'ok', 'who was there');
select is(pg_temp.attend('12', pg_temp.version('12'), 1, array[:'technician']::uuid[], array[:'oh']::uuid[], key => 'a1'), 'ok', 'the same key again');
select is(pg_temp.attend('12', pg_temp.version('12'), 1, array[:'oh']::uuid[], array[:'technician']::uuid[]), 'ok', 'is corrected');
select is((select string_agg(p.code || a.is_present, ' ' order by p.code) from attendance a join person p on p.id = a.person_id), 'ohtrue technicianfalse', 'the last word holds');

-- Finishing: who passed is qualified from then on.
select is(pg_temp.finish('11', 1, '25T02:00'), 'too_early 2026-11-26T01:00:00Z', 'not before the last meeting');
select is(pg_temp.finish('12', 1, '25T02:30'), 'stale_version ' || pg_temp.version('12'), 'another version');
select is(pg_temp.finish('12', pg_temp.version('12'), '25T02:30', 'f1'), 'ok', 'it is finished');
select is(pg_temp.finish('12', pg_temp.version('12'), '25T02:31', 'f1'), 'ok', 'the same key again');
select is(pg_temp.finish('12', pg_temp.version('12'), '25T02:31'), 'already_finished', 'once');
select is(pg_temp.attend('12', pg_temp.version('12'), 1, array[:'oh']::uuid[], '{}'), 'already_finished', 'attendance is final then');
select is(pg_temp.list('12'), 'kim left, oh passed, technician failed, yoon left', 'who passed and who did not');
select is(pg_temp.qualified(:'oh', :'vision') || pg_temp.qualified(:'oh', :'cmm'),
  '["2026-11-25 02:30:00+00","2026-12-25 02:30:00+00")["2026-11-25 02:30:00+00",)', 'what it opens, and for how long');
select is((select count(*) from qualification), 2::bigint, 'for nobody else');
select is(pg_temp.events('enrolment.passed') || '; ' || pg_temp.events('enrolment.failed') || '; ' || pg_temp.events('qualification.granted'),
  'daeya_mold oh; lab technician; daeya_mold oh, daeya_mold oh', 'all are told');
select is((select distinct during from claim where cohort_id = pg_temp.id('12')), '[2026-11-25T02:00Z,2026-11-25T02:30Z)'::tstzrange, 'what is left of the room''s time is free');

-- A second time: what was given before is kept, and the new one counts from its own beginning.
select is(pg_temp.give('2026-01-01', '2026-03-01') || ', ' || pg_temp.give('2026-05-01', '2026-07-01'), 'ok 2026-01-01 2026-03-01, ok 2026-05-01 2026-07-01', 'two by hand');
select is(pg_temp.give('2026-02-01', '2026-06-01'), 'ok 2026-02-01 2026-07-01', 'one across both ends with the last');
select is(pg_temp.qualified(:'yoon', :'vision'), '["2026-01-01 00:00:00+00","2026-02-01 00:00:00+00") ["2026-02-01 00:00:00+00","2026-07-01 00:00:00+00")', 'and begins where the first one is cut');
select is(pg_temp.give('2026-02-01', '2026-04-01'), 'ok 2026-02-01 2026-07-01', 'less than there is changes nothing');
select is(pg_temp.give('2026-02-01', null), 'ok 2026-02-01', 'more makes it longer');
select is(pg_temp.qualified(:'yoon', :'vision'), '["2026-01-01 00:00:00+00","2026-02-01 00:00:00+00") ["2026-02-01 00:00:00+00",)', 'without end');

-- Limits of last use.
reset role;
update booking_rule set unused_limit_s = 86400 * 10, never_used_limit_s = 86400 * 3 where resource_id = :'vision';
set local role labtab_api;
select is(pg_temp.ends(), '2026-02-04T00:00Z', 'never used: so long after it was given');
reset role;
insert into qualification_use (person_id, resource_id, firm_id, last_used_at) select :'yoon', :'vision', firm_id, '2026-01-20T00:00Z' from person where id = :'yoon';
set local role labtab_api;
select is(pg_temp.ends(), '2026-02-04T00:00Z', 'used before it was given: the same');
reset role;
update qualification_use set last_used_at = '2026-02-03T00:00Z';
set local role labtab_api;
select is(pg_temp.ends(), '2026-02-13T00:00Z', 'used since: so long after');

-- Taken away.
select is(pg_temp.revoke(pg_temp.id('99'), '2026-11-24'), 'not_found', 'one that is not there');
select is((select pg_temp.revoke(id, '2026-11-24', 'r1') from qualification where person_id = :'yoon' and upper(valid) is null), 'ok 2026-11-24 00:00:00+00', 'from now on');
select is((select pg_temp.revoke(id, '2026-11-25') from qualification where person_id = :'yoon' order by valid desc limit 1), 'conflict 2026-11-24T00:00:00Z', 'once');

-- A site file that still says what was given first changes nothing of what came since; a new row of it is taken.
reset role;
create function pg_temp.file(from_day text) returns text language sql as $$
  select (created, changed, removed)::text from fn.site_put_qualifications(jsonb_build_object('qualifications', jsonb_build_array(
    jsonb_build_object('person', 'yoon', 'resource', 'vision', 'valid_from', from_day))), '2026-11-26T00:00Z')
$$;
select is(pg_temp.file('2026-01-01T00:00Z'), '(0,0,0)', 'what was cut stays cut');
select is(pg_temp.file('2026-12-01T00:00Z'), '(1,0,0)', 'what begins later is taken');
select is(pg_temp.file('2026-12-01T00:00Z'), '(0,0,0)', 'once');
set local role labtab_api;

-- Cancelling: the seats are free, every firm is told.
select is(pg_temp.enrol('11', :'kim') || pg_temp.enrol('11', :'oh') || pg_temp.cancel('11', pg_temp.version('11'), key => 'c1') || pg_temp.cancel('11', pg_temp.version('11')),
  'ok enrolledok enrolledokalready_cancelled', 'a cohort is cancelled, once');
select is((select count(*) from claim where cohort_id = pg_temp.id('11') and live)::text || ' ' || pg_temp.events('cohort.cancelled'),
  '0 lab, ' || (select string_agg(code, ', ' order by id) from firm where code in ('hanbit', 'daeya_mold')), 'what it took is free, and everybody knows');
reset role;
select * from finish();
rollback;
