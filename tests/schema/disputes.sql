-- Disputes: once, while there is a charge that is not billed and its review lasts; decided once; and never billed while open.
\ir support.psql
select plan(44);
create function pg_temp.used(id text, from_h integer, held text default null) returns void language sql as $$
  select outcome from pg_temp.book(id, current_setting('test.kim')::uuid, current_setting('test.hanbit')::uuid, current_setting('test.cmm')::uuid, from_h, from_h + 1);
  select outcome from fn.session_start(current_setting('test.technician')::uuid, null, null, '2026-11-25T00:00Z'::timestamptz + from_h * interval '1 hour', pg_temp.id('1' || id), pg_temp.id(id), null, null);
  select outcome from fn.session_finish(current_setting('test.technician')::uuid, null, null, '2026-11-25T01:00Z'::timestamptz + from_h * interval '1 hour', pg_temp.id('1' || id), 1, 1, 0, 'done', null);
  select outcome from fn.usage_put('2026-11-25T01:00Z', '2026-11-26T00:00Z', pg_temp.id('2' || id), pg_temp.id('1' || id), null, null, 0, 0, 0, 3600, 'logged', 0, held, '{}', '{}', '{}', '{}');
$$;
create function pg_temp.raised(id text, at timestamptz default '2026-11-27T00:00Z', key text default null, why text default 'wrong') returns text language sql as $$
  select concat_ws(' ', outcome, limit_value, actual_value, status, version) from fn.dispute_raise(current_setting('test.kim')::uuid, key, why::bytea, at, pg_temp.id('2' || id), why)
$$;
create function pg_temp.decided(id text, verdict text, billable_s bigint default null, fee bigint default null, version integer default 2, key text default null) returns text language sql as $$
  select concat_ws(' ', outcome, pointer, limit_value, actual_value, status, r.version, r.billable_s, r.fee)
    from fn.dispute_decide(current_setting('test.technician')::uuid, key, 'a', '2026-11-28T00:00Z', pg_temp.id('2' || id), decided.version, verdict, 'looked', decided.billable_s, decided.fee) r
$$;
create function pg_temp.billed(id text, version bigint) returns text language sql as $$
  select outcome || coalesce(' ' || actual_value, '') from fn.invoice_put('2026-12-01T00:00Z', pg_temp.id('51'), null, current_setting('test.site')::uuid, current_setting('test.hanbit')::uuid, '2026-11-01', '2026-11-30',
    'INV-2026', 'KRW', 0, 0, 0, 0, 0, 0, array[pg_temp.id('2' || id)], array[version], '[]', '{}', '{}', '{}', (select c.version from catalogue c))
$$;
create function pg_temp.shown(id text) returns text language sql security definer return
  (select concat_ws(' ', status, held_reason, billable_s, fee, version) from usage where usage.id = pg_temp.id('2' || shown.id));
\set billable `sed -n '/^select/,$p' ../../schema/queries/billing/billable_usage.sql | tr -d ';\n'`
\set firms `sed -n '/^select/,$p' ../../schema/queries/billing/billable_firms.sql | tr -d ';\n'`
select set_config('test.kim', :'kim', true), set_config('test.hanbit', :'hanbit', true), set_config('test.cmm', :'cmm', true),
       set_config('test.technician', :'technician', true), set_config('test.site', :'site', true) \gset ignored_
select pg_temp.used('1', 1), pg_temp.used('2', 3, 'difference'), pg_temp.used('3', 5) \gset ignored_
select is((select array_agg(made_at) from usage), array_fill('2026-11-26T00:00Z'::timestamptz, array[3]), 'a usage is there since it was made, not since the session''s end');

set local role labtab_api;
select is(pg_temp.raised('9'), 'not_found', 'before there is a charge');
select is(pg_temp.raised('1', '2026-12-03T00:00:00.000001Z'), 'review_over 2026-12-03T00:00:00Z 2026-12-03T00:00:00Z', 'a microsecond after seven days');
select is(pg_temp.shown('1'), 'ready 3600 1', 'refusals change nothing');
select is(pg_temp.raised('1', '2026-12-03T00:00Z', 'k1'), 'ok open 2', 'in the last moment of the review; it raises the version');
select is(pg_temp.raised('1', '2026-12-03T00:00Z', 'k1'), 'ok open 2', 'the same key: the same reply');
select is(pg_temp.raised('1', '2026-12-03T00:00Z', 'k1', 'other'), 'key_reused', 'for one request');
select is(pg_temp.raised('1', '2026-12-09T00:00Z'), 'already_disputed open', 'twice');
select is((select concat_ws(' ', kind, firm_id = :'hanbit', object_id = pg_temp.id('21'), data ->> 'reason') from event where kind like 'dispute.%'), 'dispute.raised t t wrong', 'the lab is told');
select is(pg_temp.raised('2'), 'ok open 2', 'a held one too');
set local labtab.firm = :'daeya';
select is(pg_temp.raised('3'), 'not_found', 'another firm''s');
select is((select count(*) from usage_dispute), 0::bigint, 'nor are its disputes seen');
set local labtab.firm = :'hanbit';
select is((select count(*) from usage_dispute), 2::bigint, 'the own ones are');
set local labtab.firm = '*';

set local role labtab_jobs;
select results_eq(format('select id from (%s) x', replace(replace(replace(:'billable', '$1', quote_literal(:'site')), '$2', '''2026-11-01'''), '$3', quote_literal(:'hanbit'))),
                  array[pg_temp.id('23')], 'billing leaves out what is disputed');
select is(pg_temp.billed('1', 2), 'conflict ' || pg_temp.id('21'), 'an invoice that was on its way is refused');
reset role;
select throws_ok(format('update usage set status = ''billed'' where id = %L', pg_temp.id('21')), '23001', null, 'nobody bills it');
update usage set status = 'billed' where id = pg_temp.id('23');
set local role labtab_jobs;
select is_empty(format('select * from (%s) x', replace(replace(replace(:'firms', '$1', quote_literal(:'site')), '$2', '''2026-11-01'''), '$3', quote_literal(:'hanbit'))), 'a firm with nothing else has nothing to be billed');

set local role labtab_api;
select is(pg_temp.raised('3'), 'closed_period', 'what is billed can''t be disputed');
select is(pg_temp.decided('9', 'denied'), 'not_found', 'no usage');
select is(pg_temp.decided('3', 'denied'), 'not_found', 'nobody disputes it');
select is(pg_temp.decided('1', 'denied', version => 1), 'stale_version 2 1', 'whoever decides has seen the dispute');
select is(pg_temp.decided('1', 'upheld'), 'missing_field /billable_s', 'upheld means another time');
select is(pg_temp.decided('1', 'upheld', 1800, 5), 'unknown_field /fee', 'of a use no fee');
select is(pg_temp.decided('1', 'upheld', 3601), 'too_large /billable_s 3600 3601', 'never more than it was');
select is((select count(*) from usage_dispute where status = 'open'), 2::bigint, 'refusals decide nothing');
select is(pg_temp.decided('1', 'upheld', 1800, key => 'k2'), 'ok upheld 3 1800', 'half of it');
select is(pg_temp.decided('1', 'upheld', 1800, key => 'k2'), 'ok upheld 3 1800', 'the same key: the same reply');
select is(pg_temp.decided('1', 'denied', version => 3), 'conflict upheld', 'once');
select is(pg_temp.raised('1'), 'already_disputed upheld', 'nor is it disputed again');
select is(pg_temp.shown('1'), 'ready 1800 3', 'the usage is corrected');
select is((select was::text from usage_dispute where usage_id = pg_temp.id('21')), '{"fee": null, "status": "ready", "billable_s": 3600, "held_reason": null}', 'what it was is kept');
select is(pg_temp.decided('2', 'denied'), 'ok denied 3 3600', 'the other one is right');
select is(pg_temp.shown('2'), 'ready 3600 3', 'somebody has looked: it is held no longer');
select is((select array_agg(kind || ' ' || (data ->> 'billable_s') order by id) from event where kind in ('dispute.upheld', 'dispute.denied')),
          array['dispute.upheld 1800', 'dispute.denied 3600'], 'the firm is told');

set local role labtab_jobs;
select results_eq(format('select id, was_s from (%s) x', replace(replace(replace(:'billable', '$1', quote_literal(:'site')), '$2', '''2026-11-01'''), '$3', quote_literal(:'hanbit'))),
                  format('values (%L::uuid, 3600::bigint), (%L, null)', pg_temp.id('21'), pg_temp.id('22')), 'both are billed, one with what it was');
select is(pg_temp.billed('1', 2), 'conflict ' || pg_temp.id('21'), 'but not as it was rated before');
select is(pg_temp.billed('1', 3), 'ok', 'as it is');

reset role;
select throws_ok('update usage_dispute set decision = ''x''', '23001', null, 'a decision is final');
select throws_ok('delete from usage_dispute', '23001', null, 'a dispute is kept');
select throws_ok('truncate usage_dispute', '23001', null, 'all of them are');
select pg_temp.used('4', 7) \gset ignored_
select throws_ok(format('insert into usage_dispute (usage_id, firm_id, reason, raised_by, raised_at, status) values (%L, %L, ''x'', %L, ''2026-11-27T00:00Z'', ''denied'')',
                        pg_temp.id('24'), :'hanbit', :'kim'), '23514', null, 'no decision without who, when and why');
update usage set kind = 'no_show', fee = 5000, resold_s = 0 where id = pg_temp.id('24');
update usage set made_at = '-infinity' where id = pg_temp.id('24');
set local role labtab_api;
select is(pg_temp.raised('4'), 'review_over 2026-11-27T00:00:00Z', 'one of before there were reviews');
reset role;
update usage set made_at = '2026-11-26T00:00Z' where id = pg_temp.id('24');
update site set review_s = 0;
set local role labtab_api;
select is(pg_temp.raised('4', '2026-11-26T00:00Z') || pg_temp.decided('4', 'upheld', 5), 'ok open 2unknown_field /billable_s', 'an absence has no time');
select is(pg_temp.decided('4', 'upheld', null, 4000), 'ok upheld 3 3600 4000', 'but a fee');
select * from finish();
rollback;
