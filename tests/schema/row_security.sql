-- A firm's transaction sees and writes that firm's rows only; without a scope it sees none.
\ir support.psql
select plan(152);

-- Rows of both firms in every table.
select outcome from pg_temp.book('1', :'kim', :'hanbit', :'cmm', 1, 2, 'k1', budgets => :'budgets'::uuid[], wanted => '{100,20,50}') \gset ignored_
select outcome from pg_temp.book('2', :'oh', :'daeya', :'cmm', 3, 4, 'k2', budgets => :'budgets'::uuid[], wanted => '{100,20,50}') \gset ignored_
select outcome from fn.session_start(:'technician', null, null, '2026-11-25T01:00Z', pg_temp.id('11'), pg_temp.id('1'), null, null) \gset ignored_
select outcome from fn.session_finish(:'technician', null, null, '2026-11-25T02:00Z', pg_temp.id('11'), 1, 1, 0, 'done', null) \gset ignored_
select outcome from fn.session_start(:'technician', null, null, '2026-11-25T03:00Z', pg_temp.id('12'), pg_temp.id('2'), null, null) \gset ignored_
select outcome from fn.session_finish(:'technician', null, null, '2026-11-25T04:00Z', pg_temp.id('12'), 1, 1, 0, 'done', null) \gset ignored_
insert into span (resource_id, ordinal, state, started_at) values (:'cmm', 1, 'run', '2026-11-25T01:00Z');
select outcome from fn.usage_put('2026-11-25T05:00Z', '2026-11-25T05:00Z', pg_temp.id('21'), pg_temp.id('11'), null, null, 0, 0, 0, 3600, 'logged', 0, null,
  array(select id from span), '{2026-11-25T01:00Z}', '{2026-11-25T02:00Z}', '{0}') \gset ignored_
select outcome from fn.usage_put('2026-11-25T05:00Z', '2026-11-25T05:00Z', pg_temp.id('22'), pg_temp.id('12'), null, null, 0, 0, 0, 3600, 'logged', 0, null,
  array(select id from span), '{2026-11-25T03:00Z}', '{2026-11-25T04:00Z}', '{0}') \gset ignored_
insert into token (id, person_id, firm_id, hash, label, created_at)
  values (pg_temp.id('31'), :'kim', :'hanbit', sha256('1'), 'a', '2026-11-24T00:00Z'),
         (pg_temp.id('32'), :'oh', :'daeya', sha256('2'), 'b', '2026-11-24T00:00Z');
insert into billing_run (id, site_id, month, firm_id, requested_by, requested_at, status)
  values (pg_temp.id('41'), :'site', '2026-11-01', :'hanbit', :'technician', '2026-12-01T00:00Z', 'done'),
         (pg_temp.id('42'), :'site', '2026-11-01', :'daeya', :'technician', '2026-12-01T00:00Z', 'done'),
         (pg_temp.id('43'), :'site', '2026-11-01', null, :'technician', '2026-12-01T00:00Z', 'done');
select outcome from fn.invoice_put('2026-12-01T00:00Z', pg_temp.id('51'), null, :'site', :'hanbit', '2026-11-01', '2026-11-30', 'T', 'KRW',
  20000, 0, 20000, 2000, 0, 22000, array[pg_temp.id('21')], '{1}', jsonb_build_array(jsonb_build_object('id', pg_temp.id('61'), 'n', 1,
  'usage_id', pg_temp.id('21'), 'tariff_id', :'tariff', 'kind', 'use', 'text', 'x', 'quantity_num', 1, 'quantity_den', 1,
  'quantity_unit', 'h', 'price_num', 20000, 'price_den', 1, 'fee', 20000, 'support', 0, 'own_share', 20000, 'tax', 2000,
  'tax_kind', 'taxable', 'quality', 0, 'explain', '{}'::jsonb)), '{}', '{}', '{}', (select version from catalogue)) \gset ignored_
select outcome from fn.invoice_put('2026-12-01T00:00Z', pg_temp.id('52'), null, :'site', :'daeya', '2026-11-01', '2026-11-30', 'T', 'KRW',
  20000, 0, 20000, 2000, 0, 22000, array[pg_temp.id('22')], '{1}', jsonb_build_array(jsonb_build_object('id', pg_temp.id('62'), 'n', 1,
  'usage_id', pg_temp.id('22'), 'tariff_id', :'tariff', 'kind', 'use', 'text', 'x', 'quantity_num', 1, 'quantity_den', 1,
  'quantity_unit', 'h', 'price_num', 20000, 'price_den', 1, 'fee', 20000, 'support', 0, 'own_share', 20000, 'tax', 2000,
  'tax_kind', 'taxable', 'quality', 0, 'explain', '{}'::jsonb)), '{}', '{}', '{}', (select version from catalogue)) \gset ignored_

insert into firm_group (id, firm_id, group_code) values (pg_temp.id('71'), :'hanbit', 'alumni'), (pg_temp.id('72'), :'daeya', 'alumni');
insert into booking_series (id, firm_id, resource_id, person_id, created_by, rrule, starts_local, duration_s, on_conflict, made, created_at)
  select pg_temp.id('8' || n), f, :'cmm', p, p, 'FREQ=DAILY', '2026-11-25 09:00', 3600, 'skip', 0, '2026-11-24T00:00Z'
    from (values (1, :'hanbit'::uuid, :'kim'::uuid), (2, :'daeya', :'oh')) t (n, f, p);
insert into quote (id, firm_id, resource_id, also, person_id, mode, during, price, support, explain, made_at, expires_at)
  select b.id, b.firm_id, b.resource_id, '{}', b.person_id, b.mode, b.during, 1, 0, '{}', b.created_at, b.ends_at from booking b;
insert into booking_history (booking_id, version, firm_id, kind, at, was)
  select b.id, 1, b.firm_id, 'changed', b.created_at, '{}' from booking b;
insert into booking_approval (booking_id, version, step, firm_id, role, person_id, is_approved, at)
  select b.id, 1, 1, b.firm_id, 'technician', :'technician', true, b.created_at from booking b;
insert into waitlist_entry (id, firm_id, person_id, created_by, resource_id, mode, earliest, latest, duration_s, status, created_at)
  select b.id, b.firm_id, b.person_id, b.person_id, b.resource_id, 'self', b.starts_at, b.ends_at, 60, 'waiting', b.created_at from booking b;
insert into course (id, site_id, code, name, room_id, seats) values (pg_temp.id('91'), :'site', 'step1', 'STEP1', :'room', 4);
insert into cohort (id, course_id, seats, status, created_by, created_at)
  values (pg_temp.id('92'), pg_temp.id('91'), 4, 'open', :'technician', '2026-11-24T00:00Z');
insert into enrolment (cohort_id, person_id, firm_id, status, enrolled_at)
  values (pg_temp.id('92'), :'kim', :'hanbit', 'enrolled', '2026-11-24T00:00Z'), (pg_temp.id('92'), :'oh', :'daeya', 'enrolled', '2026-11-24T00:00Z');
insert into cohort_meeting (cohort_id, n, during) values (pg_temp.id('92'), 1, '[2026-11-26T00:00Z,2026-11-26T01:00Z)');
insert into attendance (cohort_id, n, person_id, is_present, noted_by, noted_at)
  select cohort_id, 1, person_id, true, :'technician', '2026-11-26T01:00Z' from enrolment;
insert into feed (id, firm_id, kind, object_id, hash, label, created_by, created_at)
  values (pg_temp.id('95'), :'hanbit', 'firm', :'hanbit', sha256('3'), 'a', :'kim', '2026-11-24T00:00Z'),
         (pg_temp.id('96'), :'daeya', 'firm', :'daeya', sha256('4'), 'b', :'oh', '2026-11-24T00:00Z');
insert into usage_dispute (usage_id, firm_id, reason, raised_by, raised_at)
  values (pg_temp.id('21'), :'hanbit', 'x', :'kim', '2026-11-26T00:00Z'), (pg_temp.id('22'), :'daeya', 'x', :'oh', '2026-11-26T00:00Z');

-- Which firms' rows of a table are seen. A usage_span is its usage's firm's, an event or run of nobody the lab's.
create function pg_temp.seen(name text) returns text language plpgsql as $$
declare
  codes text;
begin
  execute format(case name
      when 'attendance' then 'select string_agg(distinct case p.code when ''kim'' then ''hanbit'' else ''daeya_mold'' end, '','')
                              from attendance a join person p on p.id = a.person_id'
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
  ('usage_span'), ('billing_run'), ('invoice'), ('invoice_line'), ('budget_entry'), ('budget_firm'), ('event'), ('idempotency'),
  ('firm_group'), ('qualification_use'), ('booking_series'), ('quote'), ('booking_history'), ('booking_approval'), ('waitlist_entry'),
  ('enrolment'), ('attendance'), ('feed'), ('usage_dispute');
grant select on guarded, booking_series to public; -- what a role may read at all is another test's
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
select throws_ok(format('select fn.invoice_put(%L, %L, null, %L, %L, %L, %L, ''T'', ''KRW'', 0, 0, 0, 0, 0, 0, ''{}'', ''{}'', ''[]'', ''{}'', ''{}'', ''{}'', 1)',
  '2026-12-01T00:00Z', pg_temp.id('59'), :'site', :'daeya', '2026-11-01', '2026-11-30'), '42501', null, 'nor an invoice');
select throws_ok(format('select fn.booking_make(%L, %L, pg_temp.wish(%L, %L, %L, %L, 20, 21))', :'kim', '2026-11-24T00:00Z', '3', :'kim', :'daeya', :'cmm'),
                 '42501', null, 'by no way');
select throws_ok(format('select fn.claims_release(%L)', pg_temp.id('2')), '42501', null, 'nor that of its claims');
select is((fn.booking_cancel(:'kim', null, null, '2026-11-24T00:00Z', pg_temp.id('2'), 2, false, null, false)).outcome, 'not_found',
          'another''s booking is not there to be cancelled');
select throws_ok(format('update booking set cancel_reason = ''x'' where id = %L', pg_temp.id('2')), '42501', null, 'nor to be changed');
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
select ok(not has_table_privilege('labtab_api', 'claim', 'insert'), 'claims are made by functions of the owner alone');
select * from finish();
rollback;
