-- A firm's transaction sees and writes that firm's rows only; without a scope it sees none.
\ir support.psql
select plan(97);

-- Rows of both firms in every table.
select outcome from pg_temp.book('1', :'kim', :'hanbit', :'cmm', 1, 2, 'k1', budgets => :'budgets'::uuid[], wanted => '{100,20,50}') \gset ignored_
select outcome from pg_temp.book('2', :'oh', :'daeya', :'cmm', 3, 4, 'k2', budgets => :'budgets'::uuid[], wanted => '{100,20,50}') \gset ignored_
select outcome from fn.session_start(:'technician', null, null, '2026-11-25T01:00Z', pg_temp.id('11'), pg_temp.id('1'), null, null) \gset ignored_
select outcome from fn.session_finish(:'technician', null, null, '2026-11-25T02:00Z', pg_temp.id('11'), 1, 1, 0, 'done', null) \gset ignored_
select outcome from fn.session_start(:'technician', null, null, '2026-11-25T03:00Z', pg_temp.id('12'), pg_temp.id('2'), null, null) \gset ignored_
select outcome from fn.session_finish(:'technician', null, null, '2026-11-25T04:00Z', pg_temp.id('12'), 1, 1, 0, 'done', null) \gset ignored_
insert into span (resource_id, ordinal, state, started_at) values (:'cmm', 1, 'run', '2026-11-25T01:00Z');
select outcome from fn.usage_put('2026-11-25T05:00Z', pg_temp.id('21'), pg_temp.id('11'), null, null, 0, 0, 0, 3600, 'logged', 0, null,
  array(select id from span), '{2026-11-25T01:00Z}', '{2026-11-25T02:00Z}', '{0}') \gset ignored_
select outcome from fn.usage_put('2026-11-25T05:00Z', pg_temp.id('22'), pg_temp.id('12'), null, null, 0, 0, 0, 3600, 'logged', 0, null,
  array(select id from span), '{2026-11-25T03:00Z}', '{2026-11-25T04:00Z}', '{0}') \gset ignored_
insert into token (id, person_id, firm_id, hash, label, created_at)
  values (pg_temp.id('31'), :'kim', :'hanbit', sha256('1'), 'a', '2026-11-24T00:00Z'),
         (pg_temp.id('32'), :'oh', :'daeya', sha256('2'), 'b', '2026-11-24T00:00Z');
insert into billing_run (id, site_id, month, firm_id, requested_by, requested_at, status)
  values (pg_temp.id('41'), :'site', '2026-11-01', :'hanbit', :'technician', '2026-12-01T00:00Z', 'done'),
         (pg_temp.id('42'), :'site', '2026-11-01', :'daeya', :'technician', '2026-12-01T00:00Z', 'done'),
         (pg_temp.id('43'), :'site', '2026-11-01', null, :'technician', '2026-12-01T00:00Z', 'done');
select outcome from fn.invoice_put('2026-12-01T00:00Z', pg_temp.id('51'), null, :'site', :'hanbit', '2026-11-01', '2026-11-30', 'T', 'KRW',
  20000, 0, 20000, 2000, 0, 22000, array[pg_temp.id('21')], jsonb_build_array(jsonb_build_object('id', pg_temp.id('61'), 'n', 1,
  'usage_id', pg_temp.id('21'), 'tariff_id', :'tariff', 'kind', 'use', 'text', 'x', 'quantity_num', 1, 'quantity_den', 1,
  'quantity_unit', 'h', 'price_num', 20000, 'price_den', 1, 'fee', 20000, 'support', 0, 'own_share', 20000, 'tax', 2000,
  'tax_kind', 'taxable', 'quality', 0, 'explain', '{}'::jsonb)), '{}', '{}', '{}', (select version from catalogue)) \gset ignored_
select outcome from fn.invoice_put('2026-12-01T00:00Z', pg_temp.id('52'), null, :'site', :'daeya', '2026-11-01', '2026-11-30', 'T', 'KRW',
  20000, 0, 20000, 2000, 0, 22000, array[pg_temp.id('22')], jsonb_build_array(jsonb_build_object('id', pg_temp.id('62'), 'n', 1,
  'usage_id', pg_temp.id('22'), 'tariff_id', :'tariff', 'kind', 'use', 'text', 'x', 'quantity_num', 1, 'quantity_den', 1,
  'quantity_unit', 'h', 'price_num', 20000, 'price_den', 1, 'fee', 20000, 'support', 0, 'own_share', 20000, 'tax', 2000,
  'tax_kind', 'taxable', 'quality', 0, 'explain', '{}'::jsonb)), '{}', '{}', '{}', (select version from catalogue)) \gset ignored_

-- Which firms' rows of a table are seen. A usage_span is its usage's firm's, an event or run of nobody the lab's.
create function pg_temp.seen(name text) returns text language plpgsql as $$
declare
  codes text;
begin
  execute format(case name
      when 'firm' then 'select string_agg(distinct code, '','' order by code) from firm'
      when 'usage_span' then 'select string_agg(distinct case usage_id when %1$L then ''hanbit'' when %2$L then ''daeya_mold'' end, '',''
                              order by case usage_id when %1$L then ''hanbit'' when %2$L then ''daeya_mold'' end) from usage_span'
      else 'select string_agg(distinct case firm_id when %3$L then ''hanbit'' when %4$L then ''daeya_mold'' when %5$L then ''sinhyeon_parts''
                              else ''lab'' end, '','' order by case firm_id when %3$L then ''hanbit'' when %4$L then ''daeya_mold''
                              when %5$L then ''sinhyeon_parts'' else ''lab'' end) from ' || quote_ident(name) end,
      pg_temp.id('21'), pg_temp.id('22'), current_setting('test.hanbit'), current_setting('test.daeya'), current_setting('test.sinhyeon'))
    into codes;
  return coalesce(codes, '');
end $$;
select set_config('test.hanbit', :'hanbit', true), set_config('test.daeya', :'daeya', true),
       set_config('test.sinhyeon', (select id::text from firm where code = 'sinhyeon_parts'), true) \gset ignored_
create temp table guarded (name text) on commit drop;
insert into guarded values ('firm'), ('firm_fact'), ('person'), ('token'), ('qualification'), ('booking'), ('session'), ('usage'),
  ('usage_span'), ('billing_run'), ('invoice'), ('invoice_line'), ('budget_entry'), ('budget_firm'), ('event'), ('idempotency');
grant select on guarded to public;
create function pg_temp.fresh(firm text) returns text language sql as $$ select set_config('labtab.firm', firm, true) $$;

set local role labtab_api;
select pg_temp.fresh('') \gset ignored_
select is(pg_temp.seen(name), '', 'without a scope: ' || name) from guarded;
select pg_temp.fresh('no-uuid') \gset ignored_
select is(pg_temp.seen(name), '', 'with a scope of no sense: ' || name) from guarded;
select pg_temp.fresh(:'hanbit') \gset ignored_
select is(pg_temp.seen(name), 'hanbit', 'a firm sees its own: ' || name) from guarded;
select pg_temp.fresh(:'daeya') \gset ignored_
select is(pg_temp.seen(name), 'daeya_mold', 'and so does the other: ' || name) from guarded;
select pg_temp.fresh('*') \gset ignored_
select matches(pg_temp.seen(name), 'daeya_mold,.*hanbit', 'the lab sees all: ' || name) from guarded;

select pg_temp.fresh(:'hanbit') \gset ignored_
select throws_ok(format('insert into event (at, kind, firm_id) values (%L, ''x'', %L)', '2026-11-25T00:00Z', :'daeya'), '42501', null,
                 'a firm writes no event of another');
select throws_ok(format('select pg_temp.book(%L, %L, %L, %L, 20, 21)', '3', :'kim', :'daeya', :'cmm'), '42501', null,
                 'nor a booking for another');
select throws_ok(format('select fn.budget_hold(%L, ''{1}'', %L, %L, ''2026-11-25T00:00Z'')', array[:'state_budget'], :'daeya', pg_temp.id('1')),
                 '42501', null, 'nor a hold of another');
select throws_ok(format('select fn.budget_release(%L, ''2026-11-25T00:00Z'')', pg_temp.id('2')), '42501', null, 'nor its release');
select throws_ok(format('select fn.invoice_put(%L, %L, null, %L, %L, %L, %L, ''T'', ''KRW'', 0, 0, 0, 0, 0, 0, ''{}'', ''[]'', ''{}'', ''{}'', ''{}'', 1)',
  '2026-12-01T00:00Z', pg_temp.id('59'), :'site', :'daeya', '2026-11-01', '2026-11-30'), '42501', null, 'nor an invoice');
select throws_ok(format('select fn.claims_take(%L, ''[2026-11-25T01:00Z,2026-11-25T02:00Z)'', %L)', array[:'cmm'], pg_temp.id('2')), '42501', null,
                 'nor claims for another''s booking, nor their loss');
select throws_ok(format('select fn.claims_release(%L)', pg_temp.id('2')), '42501', null, 'nor that of its claims');
select is((fn.booking_cancel(:'kim', null, null, '2026-11-24T00:00Z', pg_temp.id('2'), 2, false, null)).outcome, 'not_found',
          'another''s booking is not there to be cancelled');
with touched as (update booking set cancel_reason = 'x' where id = pg_temp.id('2') returning id)
  select is(count(*), 0::bigint, 'nor to be changed') from touched;
select is((select count(*) from claim), 2::bigint, 'claims, which have no names, are everybody''s to see');
reset role;
select is((select array_agg(relname::text order by relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = 'public' and relrowsecurity),
          (select array_agg(name order by name collate "C") from guarded), 'these tables are guarded');
select is((select array_agg(distinct c.relname::text) from pg_class c join pg_attribute a on a.attrelid = c.oid
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'firm_id' and not relrowsecurity),
          null, 'every table with a firm_id is');
select ok(not scope_sees(null), 'nobody sees what has no firm without the lab''s scope') from pg_temp.fresh('');
select ok(scope_sees(null), 'the lab does') from pg_temp.fresh('*');
select ok(not scope_sees(:'daeya'), 'scope_sees: another firm') from pg_temp.fresh(:'hanbit');
select ok(scope_sees(:'hanbit'), 'scope_sees: the own firm') from pg_temp.fresh(:'hanbit');
select ok(not has_table_privilege('labtab_api', 'claim', 'insert'), 'claims are made by fn.claims_take alone');
select * from finish();
rollback;
