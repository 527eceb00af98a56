-- booking_create and booking_cancel: every outcome, and that a refusal leaves nothing behind.
\ir support.psql
select plan(46);
create function pg_temp.rows() returns bigint language sql
return (select count(*) from booking) + (select count(*) from claim) + (select count(*) from budget_entry)
       + (select count(*) from event) + (select count(*) from idempotency);
create function pg_temp.cancel(id text, person uuid, version integer default 1, at text default '2026-11-24T00:00Z', staff boolean default false, reason text default null, key text default null, hash text default 'a')
returns text language sql return (select outcome || coalesce(' ' || pointer, '') || coalesce(' ' || limit_value, '') from fn.booking_cancel(person, key, hash::bytea, at::timestamptz, pg_temp.id(id), version, staff, reason, false));
set local role labtab_api;

select outcome, support, own_share, firm, resource, currency, version from pg_temp.book('1', :'kim', :'hanbit', :'cmm', 1, 3, 'k1', 'a', array[:'operator']::uuid[], :'budgets'::uuid[], '{21000,4200,9800}') \gset first_
select is(:'first_outcome'::text, 'ok', 'a free span is booked');
select is(:'first_support'::text, '35000', 'what is wanted of the budgets is held');
select is(:'first_own_share'::text, '15000', 'the rest is the firm''s');
select is((:'first_firm', :'first_resource', :'first_currency', :'first_version')::text, '(hanbit,cmm,KRW,1)', 'the reply is complete');
select is((select count(*) from claim where live), 2::bigint, 'instrument and operator are claimed');
select is((select kind from event), 'booking.created', 'an event tells');

select pg_temp.rows() as before \gset
select is(to_jsonb(pg_temp.book('2', :'kim', :'hanbit', :'cmm', 1, 3, 'k1', 'a', array[:'operator']::uuid[], :'budgets'::uuid[], '{21000,4200,9800}')),
          (select reply from idempotency where key = 'k1'), 'the same key and body: the same reply');
select is((pg_temp.book('2', :'kim', :'hanbit', :'cmm', 5, 6, 'k1', 'b')).outcome, 'key_reused', 'the same key and another body');
select is((pg_temp.book('2', :'kim', :'hanbit', :'cmm', 5, 6, 'k2', version => 1)).outcome, 'stale_catalogue', 'an old catalogue');
select is((b.outcome, b.pointer, b.actual_value)::text, '(taken,/start,cmm)', 'a taken instrument')
  from pg_temp.book('2', :'kim', :'hanbit', :'cmm', 2, 4, 'k2') b;
select is((b.outcome, b.pointer, b.actual_value)::text, '(taken,/mode,operator)', 'a taken operator, the instrument being free')
  from pg_temp.book('2', :'kim', :'hanbit', :'vision', 2, 4, 'k2', also => array[:'operator']::uuid[], budgets => :'budgets'::uuid[], wanted => '{1,1,1}') b;
select is(pg_temp.rows(), :before::bigint, 'refusals leave nothing behind');
select is((pg_temp.book('2', :'kim', :'hanbit', :'vision', 2, 4, 'k2')).outcome, 'ok', 'a key whose request was refused is free');
select is((pg_temp.book('3', :'oh', :'daeya', :'cmm', 5, 6, 'k1', 'z')).outcome, 'ok', 'keys are a person''s own');

-- A02, A09, A10 to A15: half-open spans.
select is((pg_temp.book('10' || n, :'kim', :'hanbit', :'cmm', from_h, to_h)).outcome, expected, format('booked 1-3 and 5-6: %s-%s', from_h, to_h))
  from (values (1, 1, 3, 'taken'), (2, 0, 2, 'taken'), (3, 2, 4, 'taken'), (4, 0, 9, 'taken'), (5, 0, 1, 'ok'), (6, 3, 5, 'ok')) c (n, from_h, to_h, expected);

-- Capacity: twelve seats, then none.
select is((select count(*) from generate_series(1, 12) n where (pg_temp.book((200 + n)::text, :'kim', :'hanbit', :'room', 1, 2)).outcome = 'ok'), 12::bigint,
          'twelve seats are twelve bookings');
select is((pg_temp.book('213', :'kim', :'hanbit', :'room', 1, 2)).outcome, 'taken', 'the thirteenth finds none');
select is((pg_temp.book('214', :'kim', :'hanbit', :'room', 2, 3)).outcome, 'ok', 'an hour later there are some');
select is((select count(distinct c.unit_id) from claim c join unit u on u.id = c.unit_id where u.resource_id = :'room'), 12::bigint, 'each has a seat of its own');

-- Matching and caps.
reset role;
update programme set firm_year_cap = 35100 where code = 'common_infrastructure';
create function pg_temp.held(b fn.booking_reply) returns bigint[] language sql return (select array_agg((h ->> 'held')::bigint order by n) from jsonb_array_elements(b.holds) with ordinality x (h, n));
select is(pg_temp.held(pg_temp.book('4', :'kim', :'hanbit', :'cmm', 10, 11, budgets => :'budgets'::uuid[], wanted => '{160,60,20}')), '{66,25,9}',
          'what a firm gets in a year is capped: all funders give of it');
select is(pg_temp.held(pg_temp.book('9', :'kim', :'hanbit', :'cmm', 16, 17, budgets => :'budgets'::uuid[], wanted => '{160,60,20}')), '{0,0,0}',
          'beyond the cap nobody does');
update programme set firm_year_cap = 35200, draws_partially = false where code = 'common_infrastructure';
select is(pg_temp.held(pg_temp.book('40', :'kim', :'hanbit', :'cmm', 17, 18, budgets => :'budgets'::uuid[], wanted => '{160,60,20}')), '{66,25,9}',
          'the cap is no budget that runs dry');
update programme set firm_year_cap = null where code = 'common_infrastructure';
select is((pg_temp.book('5', :'kim', :'hanbit', :'cmm', 12, 13, budgets => :'budgets'::uuid[], wanted => '{1,3000000,1}')).support, 0::bigint,
          'all or nothing: nothing, where a funder can''t');
update programme set draws_partially = true, matching = 'strict' where code = 'common_infrastructure';
insert into budget_entry (budget_id, kind, amount, at)
  select id, 'draw', 2100 - balance, '2026-11-24T00:00Z' from budget where id = (:'budgets'::uuid[])[2];
select is((select array_agg((h ->> 'held')::bigint) from jsonb_array_elements((pg_temp.book('6', :'kim', :'hanbit', :'vision', 14, 15, budgets => :'budgets'::uuid[], wanted => '{21001,4200,9800}')).holds) h),
          array[10500, 2100, 4900]::bigint[], 'strict: the others shrink with the one that runs dry');
set local role labtab_api;

-- Cancelling.
select is(pg_temp.cancel('999', :'kim'), 'not_found', 'cancelling what is not there');
select is(pg_temp.cancel('1', :'kim', 7), 'stale_version 1', 'cancelling another version');
select is(pg_temp.cancel('1', :'technician', staff => true), 'missing_field /reason', 'staff give a reason');
select is(pg_temp.cancel('1', :'kim', at => '2026-11-25T01:00Z'), 'in_the_past 2026-11-25T01:00:00Z', 'cancelling once it has begun');
select is(pg_temp.cancel('1', :'technician', staff => true, reason => 'outage', key => 'c1'), 'ok', 'staff cancel with a reason');
select is(pg_temp.cancel('1', :'technician', staff => true, reason => 'outage', key => 'c1'), 'ok', 'and again with the same key');
select is(pg_temp.cancel('1', :'technician', staff => true, reason => 'other', key => 'c1', hash => 'b'), 'key_reused', 'but not with another body');
select is(pg_temp.cancel('1', :'kim'), 'already_cancelled', 'cancelling twice');
select is((select count(*) from claim where booking_id = pg_temp.id('1') and live), 0::bigint, 'its claims are released');
select is((select sum(amount) from budget_entry where booking_id = pg_temp.id('1')), 0::numeric, 'its holds are released');
select is((select (status, cancel_reason, version)::text from booking where id = pg_temp.id('1')), '(cancelled,outage,2)', 'the booking says so');
select is((pg_temp.book('7', :'kim', :'hanbit', :'cmm', 1, 3)).outcome, 'ok', 'the span is free again');
select is((fn.session_start(:'technician', null, null, '2026-11-25T03:00Z', pg_temp.id('50'), pg_temp.id('106'), null, null)).outcome, 'ok', 'a session starts');
select is(pg_temp.cancel('106', :'kim', 2), 'already_started', 'cancelling what has started');
select is((fn.session_finish(:'technician', null, null, '2026-11-25T04:00Z', pg_temp.id('50'), 1, null, null, 'done', null)).outcome, 'ok', 'it finishes');
select is(pg_temp.cancel('106', :'kim', 3), 'already_finished', 'cancelling what is over');
select is((pg_temp.book('8', :'kim', :'hanbit', :'cmm', 4, 5)).outcome, 'ok', 'what was left of its time is free');
select * from finish();
rollback;
