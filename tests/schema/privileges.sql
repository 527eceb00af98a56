-- What each role may do with each table, as a whole: s select, i insert, u update of some columns, d delete, t truncate.
\ir support.psql
select plan(3);
create function pg_temp.rights(role text) returns table (name text, may text) language sql as $$
  select c.relname::text, concat(
      case when has_table_privilege(role, c.oid, 'select') then 's' end,
      case when has_table_privilege(role, c.oid, 'insert') then 'i' end,
      case when has_any_column_privilege(role, c.oid, 'update') then 'u(' || (
        select string_agg(a.attname, ' ' order by a.attname) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and has_column_privilege(role, c.oid, a.attnum, 'update')) || ')' end,
      case when has_table_privilege(role, c.oid, 'delete') then 'd' end,
      case when has_table_privilege(role, c.oid, 'truncate') then 't' end)
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
$$;
create temp table everybody (name text, may text) on commit drop;
insert into everybody select unnest(array['booking_rule', 'budget', 'budget_firm', 'catalogue', 'firm', 'firm_fact', 'firm_group', 'funder', 'holiday_calendar', 'holiday_rule', 'lunar_year', 'meter',
  'opening', 'person', 'profile', 'programme', 'programme_funder', 'qualification', 'quota', 'resource', 'resource_part', 'run_rule', 'site', 'special_day', 'tariff', 'unit']), 's';

select set_eq('select * from pg_temp.rights(''labtab_api'') where may <> ''''', $$
  select * from everybody union all values
  ('attendance', 'siu(is_present noted_at noted_by)'), ('cohort', 'siu(finished_at status version)'), ('cohort_meeting', 'si'), ('course', 's'),
  ('course_grant', 's'), ('enrolment', 'siu(enrolled_at status version)'), ('qualification_use', 's'),
  ('billing_run', 'si'), ('booking', 's'), ('booking_approval', 's'), ('booking_history', 's'), ('quote', 'si'), ('budget_entry', 's'), ('claim', 's'),
  ('dev_clock', 'siu(rate real_us shown_us)'), ('dev_tick', 'si'), ('event', 'si'), ('event_order', 's'), ('idempotency', 'si'),
  ('invoice', 's'), ('invoice_line', 's'), ('meter_progress', 's'), ('run_state', 's'), ('sample', 's'),
  ('session', 's'), ('span', 's'), ('token', 'siu(revoked_at)'), ('usage', 's'), ('usage_dispute', 's'),
  ('usage_span', 's'), ('feed', 'siu(revoked_at)'), ('booking_series', 'siu(version)'), ('outage', 'siu(ended_at ended_by version)'), ('waitlist_entry', 'siu(status version)') $$, 'labtab_api');
select set_eq('select * from pg_temp.rights(''labtab_meter'') where may <> ''''', $$
  select * from everybody union all values
  ('dev_clock', 's'), ('meter_progress', 'siu(last_at last_seq)'), ('run_state', 'siu(observed_until state version)'), ('sample', 'si'),
  ('span', 'siu(ended_at energy_mwh quality started_at state)'), ('token', 's') $$, 'labtab_meter');
select set_eq('select * from pg_temp.rights(''labtab_jobs'') where may <> ''''', $$
  select * from everybody union all values
  ('billing_run', 'su(finished_at invoice_count problems status version)'), ('booking', 's'), ('budget_entry', 's'), ('claim', 's'), ('waitlist_entry', 's'), ('dev_clock', 's'),
  ('dev_tick', 'su(done_at)'), ('event', 'si'), ('event_order', 's'),
  ('invoice', 's'), ('invoice_line', 's'), ('run_state', 's'), ('session', 'su(has_usage)'), ('span', 's'), ('token', 's'),
  ('usage', 'si'), ('usage_dispute', 's'), ('usage_span', 'si') $$, 'labtab_jobs');
select * from finish();
rollback;
