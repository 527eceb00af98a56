-- Invoices: draws instead of holds, numbers without gaps, a hash chain, and nothing stored when refused.
\ir support.psql
select plan(26);
create function pg_temp.use(id text, person uuid, firm uuid, from_h integer) returns text language sql as $$
  select outcome from pg_temp.book(id, person, firm, current_setting('test.cmm')::uuid, from_h, from_h + 1, budgets => array[current_setting('test.budget')::uuid], wanted => '{14000}');
  select outcome from fn.session_start(current_setting('test.technician')::uuid, null, null, '2026-11-25T00:00Z'::timestamptz + from_h * interval '1 hour', pg_temp.id('1' || id), pg_temp.id(id), null, null);
  select outcome from fn.session_finish(current_setting('test.technician')::uuid, null, null, '2026-11-25T01:00Z'::timestamptz + from_h * interval '1 hour', pg_temp.id('1' || id), 1, 1, 0, 'done', null);
  select outcome from fn.usage_put('2026-11-25T20:00Z', pg_temp.id('2' || id), pg_temp.id('1' || id), null, null, 0, 0, 0, 3600, 'logged', 0, null, '{}', '{}', '{}', '{}')
$$;
create function pg_temp.bill(id text, firm uuid, usages text[], draw bigint) returns text language sql as $$
  select string_agg(concat_ws(' ', outcome, number, limit_value, actual_value), ',') from fn.invoice_put('2026-12-01T00:00Z', pg_temp.id('5' || id), null, current_setting('test.site')::uuid, firm,
    '2026-11-01', '2026-11-30', 'INV-2026', 'KRW', 20000, draw, 20000 - draw, 2000, 0, 22000 - draw, array(select pg_temp.id('2' || u) from unnest(usages) u),
    jsonb_build_array(jsonb_build_object('id', pg_temp.id('6' || id), 'n', 1, 'usage_id', pg_temp.id('2' || usages[1]), 'tariff_id', current_setting('test.tariff'), 'kind', 'use',
    'text', 'x', 'quantity_num', 1, 'quantity_den', 1, 'quantity_unit', 'h', 'price_num', 20000, 'price_den', 1, 'fee', 20000, 'support', draw, 'own_share', 20000 - draw, 'tax', 2000,
    'tax_kind', 'taxable', 'quality', 0, 'explain', '{}'::jsonb)), array[current_setting('test.budget')::uuid], array[draw], array[pg_temp.id('6' || id)])
$$;
select set_config('test.cmm', :'cmm', true), set_config('test.technician', :'technician', true), set_config('test.site', :'site', true),
       set_config('test.tariff', :'tariff', true), set_config('test.budget', :'state_budget', true) \gset ignored_
select is(pg_temp.use('1', :'kim', :'hanbit', 1), 'ok', 'a use');
select is(pg_temp.use('2', :'oh', :'daeya', 2), 'ok', 'another firm''s');
select is(pg_temp.use('3', :'kim', :'hanbit', 3), 'ok', 'a third');
insert into budget_entry (budget_id, kind, amount, at) select id, 'draw', 10000 - balance, '2026-11-25T00:00Z' from budget where id = :'state_budget';
select is((select balance from budget where id = :'state_budget'), 10000::bigint, 'ten thousand are free, besides three holds of 14,000');

create function pg_temp.rows() returns text language sql
return (select string_agg(n::text, ' ') from (select count(*) n from invoice union all select count(*) from invoice_line union all select count(*) from budget_entry
  union all select count(*) from event union all select coalesce(sum(last_number), 0) from series union all select last_position from issue) x);
select pg_temp.rows() as before \gset
set local role labtab_jobs;
select is(pg_temp.bill('1', :'hanbit', '{1}', 24001), 'budget_exhausted 24000 24001', 'more than is free with the own hold');
select is(pg_temp.bill('1', :'daeya', '{1}', 100), 'conflict ' || pg_temp.id('21'), 'another firm''s usage');
select is(pg_temp.bill('1', :'hanbit', '{1,99}', 100), 'conflict ' || pg_temp.id('299'), 'a usage that is not there');
select is(pg_temp.rows(), :'before'::text, 'refusals leave nothing behind');
select is(pg_temp.bill('1', :'hanbit', '{1}', 18000), 'ok 1', 'more than was held, as there is free budget');
select is((select balance from budget where id = :'state_budget'), 6000::bigint, 'the hold is released and the use drawn');
select is((select array_agg((kind, amount)::text order by id) from budget_entry where booking_id = pg_temp.id('1') or invoice_line_id = pg_temp.id('61')),
          array['(hold,-14000)', '(release,14000)', '(draw,-18000)'], 'entry by entry');
select is(pg_temp.bill('9', :'hanbit', '{1}', 100), 'conflict ' || pg_temp.id('21'), 'nothing is billed twice');
select is(pg_temp.bill('2', :'daeya', '{2}', 5000), 'ok 2', 'the next number');
select is((select balance from budget where id = :'state_budget'), 15000::bigint, 'what was over-reserved is back');
select is(pg_temp.bill('3', :'hanbit', '{3}', 0), 'ok 3', 'and the next');
select is((select array_agg(position order by number) from invoice), (select array_agg(last_position - 3 + n) from issue, generate_series(1, 3) n), 'positions in the order of issue');
select is((select status from usage where id = pg_temp.id('21')), 'billed', 'the usage is billed');
select is((select count(*) from invoice i where i.hash <> sha256(i.prev_hash || convert_to(fn.invoice_content(i)::text, 'UTF8'))), 0::bigint, 'each hash is of its document');
select is((select count(*) from invoice i join invoice p on p.number = i.number - 1 where i.prev_hash <> p.hash), 0::bigint, 'and of the one before');
reset role;
alter table invoice_line disable trigger issued_is_final;
update invoice_line set text = 'y' where id = pg_temp.id('62');
select is((select array_agg(i.number) from invoice i where i.hash <> sha256(i.prev_hash || convert_to(fn.invoice_content(i)::text, 'UTF8'))), array[2::bigint], 'a forged line shows');

-- Runs.
set local role labtab_api;
select is((fn.billing_run_create(:'technician', 'r1', 'a', '2026-12-01T00:00Z', pg_temp.id('71'), :'site', '2026-11-01', null)).status, 'waiting', 'a run is asked for');
select is((fn.billing_run_create(:'technician', 'r1', 'a', '2026-12-01T00:00Z', pg_temp.id('72'), :'site', '2026-11-01', null)).id, pg_temp.id('71'), 'once a key');
select is((fn.billing_run_create(:'technician', 'r1', 'b', '2026-12-01T00:00Z', pg_temp.id('72'), :'site', '2026-11-01', null)).outcome, 'key_reused', 'and body');
set local role labtab_jobs;
select is((select id from fn.billing_run_next()), pg_temp.id('71'), 'it is taken');
select fn.billing_run_done('2026-12-01T00:01Z', pg_temp.id('71'), 'done', 3, '[]') \gset ignored_
select is((select (status, invoice_count, version)::text from billing_run), '(done,3,3)', 'and done');
select is((select count(*) from fn.billing_run_next()), 0::bigint, 'then there is none');
select * from finish();
rollback;
