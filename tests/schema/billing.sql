-- Invoices: draws instead of holds, numbers without gaps, a hash chain, and nothing stored when refused.
\ir support.psql
select plan(45);
create function pg_temp.use(id text, person uuid, firm uuid, from_h integer) returns text language sql as $$
  select outcome from pg_temp.book(id, person, firm, current_setting('test.cmm')::uuid, from_h, from_h + 1, budgets => array[current_setting('test.budget')::uuid], wanted => '{14000}');
  select outcome from fn.session_start(current_setting('test.technician')::uuid, null, null, '2026-11-25T00:00Z'::timestamptz + from_h * interval '1 hour', pg_temp.id('1' || id), pg_temp.id(id), null, null);
  select outcome from fn.session_finish(current_setting('test.technician')::uuid, null, null, '2026-11-25T01:00Z'::timestamptz + from_h * interval '1 hour', pg_temp.id('1' || id), 1, 1, 0, 'done', null);
  select outcome from fn.usage_put('2026-11-25T20:00Z', '2026-11-25T20:00Z', pg_temp.id('2' || id), pg_temp.id('1' || id), null, null, 0, 0, 0, 3600, 'logged', 0, null, '{}', '{}', '{}', '{}')
$$;
create function pg_temp.bill(id text, firm uuid, usages text[], draw bigint, fee bigint default 20000, drawn bigint default null, version bigint default null,
                             run text default null) returns text language sql as $$
  select string_agg(concat_ws(' ', outcome, number, limit_value, actual_value), ',') from fn.invoice_put('2026-12-01T00:00Z', pg_temp.id('5' || id), pg_temp.id(run), current_setting('test.site')::uuid, firm,
    '2026-11-01', '2026-11-30', 'INV-2026', 'KRW', 20000, draw, 20000 - draw, 2000, 0, 22000 - draw, array(select pg_temp.id('2' || u) from unnest(usages) u), array_fill(1, array[cardinality(usages)]),
    jsonb_build_array(jsonb_build_object('id', pg_temp.id('6' || id), 'n', 1, 'usage_id', pg_temp.id('2' || usages[1]), 'tariff_id', current_setting('test.tariff'), 'kind', 'use',
    'text', 'x', 'quantity_num', 1, 'quantity_den', 1, 'quantity_unit', 'h', 'price_num', 20000, 'price_den', 1, 'fee', fee, 'support', draw, 'own_share', fee - draw, 'tax', 2000,
    'tax_kind', 'taxable', 'quality', 0, 'explain', '{}'::jsonb)), array[current_setting('test.budget')::uuid], array[coalesce(drawn, draw)], array[pg_temp.id('6' || id)],
    coalesce(version, (select c.version from catalogue c)))
$$;
select set_config('test.cmm', :'cmm', true), set_config('test.technician', :'technician', true), set_config('test.site', :'site', true),
       set_config('test.tariff', :'tariff', true), set_config('test.budget', :'state_budget', true) \gset ignored_
select is(pg_temp.use('1', :'kim', :'hanbit', 1), 'ok', 'a use');
select is(pg_temp.use('2', :'oh', :'daeya', 2), 'ok', 'another firm''s');
select is(pg_temp.use('3', :'kim', :'hanbit', 3), 'ok', 'a third');
insert into budget_entry (budget_id, kind, amount, at) select id, 'draw', 10000 - balance, '2026-11-25T00:00Z' from budget where id = :'state_budget';
select is((select balance from budget where id = :'state_budget'), 10000::bigint, 'ten thousand are free, besides three holds of 14,000');

create function pg_temp.rows() returns text language sql security definer
return (select string_agg(n::text, ' ') from (select count(*) n from invoice union all select count(*) from invoice_line union all select count(*) from budget_entry
  union all select count(*) from event union all select coalesce(sum(last_number), 0) from series union all select last_position from issue) x);
select pg_temp.rows() as before \gset
set local role labtab_jobs;
select is(pg_temp.bill('1', :'hanbit', '{1}', 24001), 'budget_exhausted 24000 24001', 'more than is free with the own hold');
select is(pg_temp.bill('1', :'daeya', '{1}', 100), 'conflict ' || pg_temp.id('21'), 'another firm''s usage');
select is(pg_temp.bill('1', :'hanbit', '{1,99}', 100), 'conflict ' || pg_temp.id('299'), 'a usage that is not there');
select is(pg_temp.bill('1', :'hanbit', '{1}', 100, version => 1), 'stale_catalogue ' || (select version from catalogue) || ' 1', 'prices of yesterday');
select throws_ok(format('select pg_temp.bill(''1'', %L, ''{1}'', 100, fee => 20001)', :'hanbit'), '22000', null, 'a line that is not in the sum');
select throws_ok(format('select pg_temp.bill(''1'', %L, ''{1}'', 100, drawn => 99)', :'hanbit'), '22000', null, 'support that nobody pays');
select throws_ok(format('select pg_temp.bill(''1'', %L, ''{1}'', 0, drawn => 1)', :'hanbit'), '22000', null, 'a draw that supports nothing');
select is(pg_temp.rows(), :'before'::text, 'refusals leave nothing behind');
select is(pg_temp.bill('1', :'hanbit', '{1}', 18000), 'ok 1', 'more than was held, as there is free budget');
select is((select balance from budget where id = :'state_budget'), 6000::bigint, 'the hold is released and the use drawn');
select is((select array_agg((kind, amount)::text order by id) from budget_entry where booking_id = pg_temp.id('1') or invoice_line_id = pg_temp.id('61')),
          array['(hold,-14000)', '(release,14000)', '(draw,-18000)'], 'entry by entry');
select is(pg_temp.bill('9', :'hanbit', '{1}', 100), 'conflict ' || pg_temp.id('21'), 'nothing is billed twice');
select is(pg_temp.bill('2', :'daeya', '{2}', 5000), 'ok 2', 'the next number');
select is((select balance from budget where id = :'state_budget'), 15000::bigint, 'what was over-reserved is back');
select is(pg_temp.bill('3', :'hanbit', '{3}', 0), 'ok 3', 'and the next');
reset role;
select is((select array_agg(position order by number) from invoice), (select array_agg(last_position - 3 + n) from issue, generate_series(1, 3) n), 'positions in the order of issue');
select is((select status from usage where id = pg_temp.id('21')), 'billed', 'the usage is billed');
create function pg_temp.faults() returns text language sql return (select string_agg(number || ' ' || fault, ', ' order by number, fault) from fn.invoice_chain_faults());
select is(pg_temp.faults(), null, 'the chain holds');
set constraints all immediate;
alter table invoice add column later text;
select is(pg_temp.faults(), null, 'also when a later version adds a column');
alter table invoice_line disable trigger issued_is_final;
alter table invoice disable trigger issued_is_final;
set constraints all deferred;
create function pg_temp.forge(change text) returns text language plpgsql as $$
declare
  found text;
begin
  execute change;
  found := pg_temp.faults();
  raise exception using errcode = 'P0009', message = coalesce(found, 'nothing'); -- takes the change back
exception when sqlstate 'P0009' then
  return sqlerrm;
end $$;
select is(pg_temp.forge(format('update invoice_line set text = ''y'' where id = %L', pg_temp.id('62'))), '2 content', 'a forged line shows');
select is(pg_temp.forge('update invoice set dated = ''2026-11-29'' where number = 1'), '1 content', 'a forged date');
select is(pg_temp.forge(format('update invoice_line set tax = 1 where id = %L', pg_temp.id('62'))), '2 content, 2 sums', 'a forged amount');
select is(pg_temp.forge('update invoice set hash = sha256(''x'') where number = 2'), '2 content, 3 chain', 'a forged hash');
select is(pg_temp.forge(format('delete from invoice_line where id = %L; delete from invoice where number = 3', pg_temp.id('63'))), '3 series', 'a last document that is gone');
select is(pg_temp.forge('update invoice set number = 9 where number = 3'), '3 series, 9 content, 9 number', 'a gap');
select throws_ok(format('insert into invoice_line select (jsonb_populate_record(l, jsonb_build_object(''id'', gen_random_uuid(), ''n'', x, ''tariff_id'', null))).*'
  ' from invoice_line l, generate_series(2, 3) x where l.id = %L', pg_temp.id('62')), '23505', null, 'no usage has two lines of a kind, without a tariff either');
select is(pg_temp.forge('select 1'), 'nothing', 'none of which was left behind');

-- Runs.
set local role labtab_api;
select is((fn.billing_run_create(:'technician', 'r1', 'a', '2026-12-01T00:00Z', pg_temp.id('71'), :'site', '2026-11-01', null)).status, 'waiting', 'a run is asked for');
select is((fn.billing_run_create(:'technician', 'r1', 'a', '2026-12-01T00:00Z', pg_temp.id('72'), :'site', '2026-11-01', null)).id, pg_temp.id('71'), 'once a key');
select is((fn.billing_run_create(:'technician', 'r1', 'b', '2026-12-01T00:00Z', pg_temp.id('72'), :'site', '2026-11-01', null)).outcome, 'key_reused', 'and body');
set local role labtab_jobs;
select is((select id from fn.billing_run_next()), pg_temp.id('71'), 'it is taken');
reset role;
select is(pg_temp.use('4', :'kim', :'hanbit', 5), 'ok', 'one more use');
select is(pg_temp.use('5', :'oh', :'daeya', 7), 'ok', 'and one of nothing');
set local role labtab_jobs;
select is(pg_temp.bill('4', :'hanbit', '{4}', 0, run => '71'), 'ok 4', 'an invoice of the run, before its process dies');
select is((select (outcome, invoice_id)::text from fn.invoice_put('2026-12-01T00:00Z', pg_temp.id('55'), pg_temp.id('71'), :'site', :'daeya', '2026-11-01', '2026-11-30',
  'INV-2026', 'KRW', 0, 0, 0, 0, 0, 0, array[pg_temp.id('25')], '{1}', '[]', '{}', '{}', '{}', (select version from catalogue))), '(ok,)', 'free usage is settled');
select is((select (u.status, (select sum(amount) from budget_entry e where e.booking_id = u.booking_id), (select count(*) from invoice))::text
             from usage u where id = pg_temp.id('25')), '(billed,0,4)', 'its hold released, without a document');
set local role labtab_api;
select is((fn.billing_run_create(:'technician', 'r3', 'a', '2026-12-01T00:00Z', pg_temp.id('73'), :'site', '2026-11-01', null)).status, 'waiting', 'another run is asked for');
set local role labtab_jobs;
select is((select id from fn.billing_run_next()), pg_temp.id('73'), 'the new one is not kept waiting');
select is((select id from fn.billing_run_next()), pg_temp.id('71'), 'the old one comes again');
select fn.billing_run_done('2026-12-01T00:01Z', pg_temp.id('71'), 'done', '[]'), fn.billing_run_done('2026-12-01T00:01Z', pg_temp.id('73'), 'done', '[]') \gset ignored_
select is((select array_agg((status, invoice_count)::text order by id) from billing_run), '{"(done,1)","(done,0)"}'::text[], 'and done, with the invoice of before');
select is((select count(*) from fn.billing_run_next()), 0::bigint, 'then there is none');
select * from finish();
rollback;
