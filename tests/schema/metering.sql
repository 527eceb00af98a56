-- Ingest: replays are harmless, partitions appear, spans that ended are final.
\ir support.psql
select plan(24);
create function pg_temp.ingest(seqs bigint[], ats timestamptz[], ordinals bigint[], starts timestamptz[], ends timestamptz[], energies bigint[], observed timestamptz,
                               state text default '{"n": 1}') returns bigint language sql as $$
  select fn.ingest_samples(array(select current_setting('test.meter')::uuid from unnest(seqs)), seqs, ats, seqs, seqs, seqs, seqs, array(select 1 from unnest(seqs)), array(select 0 from unnest(seqs)),
    array(select current_setting('test.cmm')::uuid from unnest(ordinals)), ordinals, array(select case o % 2 when 1 then 'run' else 'idle' end from unnest(ordinals) o), starts, ends, energies,
    array(select 0 from unnest(ordinals)), array[current_setting('test.cmm')::uuid], array[state], '{1}', array[observed])
$$;
select set_config('test.meter', :'meter', true), set_config('test.cmm', :'cmm', true) \gset ignored_
set local role labtab_meter;
select is(pg_temp.ingest('{1,2}', '{2026-11-30T23:59:59Z,2026-12-01T00:00:00Z}', '{1,2}', '{2026-11-30T23:00Z,2026-11-30T23:30Z}', '{2026-11-30T23:30Z,null}', '{10,5}', '2026-12-01T00:00Z'), 2::bigint, 'two samples of two months');
select is((select array_agg(c.relname::text order by c.relname) from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'sample'::regclass),
          array['sample_202611', 'sample_202612'], 'in two partitions');
select is(pg_temp.ingest('{1,2}', '{2026-11-30T23:59:59Z,2026-12-01T00:00:00Z}', '{1,2}', '{2026-11-30T23:00Z,2026-11-30T23:30Z}', '{2026-11-30T23:30Z,null}', '{10,5}', '2026-12-01T00:00Z'), 0::bigint, 'the same again: nothing new');
select is((select count(*) from sample), 2::bigint, 'nothing twice');
select is(pg_temp.ingest('{3}', '{2026-12-01T00:00:01Z}', '{2,3}', '{2026-11-30T23:30Z,2026-12-01T00:00Z}', '{2026-12-01T00:00Z,null}', '{7,1}', '2026-12-01T00:00:01Z', '{"n": 2}'), 1::bigint, 'the open span ends, another begins');
select is(pg_temp.ingest('{2}', '{2026-12-01T00:00:00Z}', '{1,2}', '{2026-11-30T23:00Z,2026-11-30T23:30Z}', '{2026-11-30T23:30Z,null}', '{99,99}', '2026-12-01T00:00Z'), 0::bigint, 'an old batch comes again');
select is((select array_agg((ordinal, state, energy_mwh, ended_at is null)::text order by ordinal) from span), array['(1,run,10,f)', '(2,idle,7,f)', '(3,run,1,t)'], 'what ended is final');
select is((select (state ->> 'n', observed_until)::text from run_state), '(2,"2026-12-01 00:00:01+00")', 'a memory never goes back');
select is((select (last_seq, last_at)::text from meter_progress), '(3,"2026-12-01 00:00:01+00")', 'nor progress');
select is(pg_temp.ingest('{}', '{}', '{}', '{}', '{}', '{}', '2026-12-01T00:00:02Z'), 0::bigint, 'a batch without samples');
reset role;
select ok(not fn.sample_partition('2026-12-31T23:59:59Z'), 'a partition that is there');
select ok(fn.sample_partition('2027-01-01T00:00Z'), 'one that is not');
select is(fn.quality_names(0), '{}'::text[], 'no mark: good');
select is(fn.quality_names(1 | 4 | 128), array['estimated', 'suspect', 'restart'], 'marks have names');

-- Usage becomes due when the meter has seen the session's end, at once without a meter, and after a day in any case.
\set due `sed -n '/^select/,$p' ../../schema/queries/usage/usage_due.sql | tr -d ';\n'`
create function pg_temp.due(at timestamptz, after_end timestamptz default null, after_id uuid default null) returns bigint language plpgsql as $$
declare n bigint; begin execute 'select count(*) from (' || current_setting('test.due') || ') d' into n using 100, at, after_end, after_id; return n; end $$;
select set_config('test.due', :'due', true) \gset ignored_
insert into session (id, firm_id, resource_id, unit_id, technician_id, started_at, finished_at)
  select pg_temp.id('1'), :'hanbit', :'cmm', u.id, :'technician', '2026-11-30T23:00Z', '2026-12-01T00:00:01Z' from unit u where u.resource_id = :'cmm';
select is(pg_temp.due('2026-12-01T00:00:01Z'), 1::bigint, 'a session that was observed to its end');
update run_state set observed_until = '2026-12-01T00:00:00Z';
select is(pg_temp.due('2026-12-01T00:00:02Z'), 0::bigint, 'one that was not');
select is(pg_temp.due('2026-12-02T00:00:01Z'), 1::bigint, 'a day later');
insert into session (id, firm_id, resource_id, unit_id, technician_id, started_at, finished_at)
  select pg_temp.id('2'), :'hanbit', :'room', u.id, :'technician', '2026-11-30T23:00Z', '2026-12-01T00:00:00Z' from unit u where u.resource_id = :'room' and u.ordinal = 1;
select is(pg_temp.due('2026-12-01T00:00:02Z'), 1::bigint, 'one of a room, which has no meter');
select is(pg_temp.due('2026-12-02T00:00:02Z', '2026-12-01T00:00:00Z', pg_temp.id('2')), 1::bigint, 'behind the room''s comes the first');
select is(pg_temp.due('2026-12-02T00:00:02Z', '2026-12-01T00:00:01Z', pg_temp.id('1')), 0::bigint, 'and then nothing');
select is((select (outcome, is_new)::text from fn.usage_put('2026-12-01T01:00Z', '2026-12-01T01:00Z', pg_temp.id('3'), pg_temp.id('2'), null, null, 0, 0, 0, 3600, 'logged', 0, 'difference', '{}', '{}', '{}', '{}')), '(ok,t)', 'its usage is stored');
select is((select (status, held_reason, service_day)::text from usage), '(held,difference,2026-12-01)', 'held, of the local day');
select is(pg_temp.due('2026-12-01T01:00Z'), 0::bigint, 'then it is not due any more');
select is((select (outcome, usage_id, is_new)::text from fn.usage_put('2026-12-01T01:00Z', '2026-12-01T01:00Z', pg_temp.id('4'), pg_temp.id('2'), null, null, 0, 0, 0, 3600, 'logged', 0, null, '{}', '{}', '{}', '{}')),
          format('(ok,%s,f)', pg_temp.id('3')), 'and the first one stays');
select * from finish();
rollback;
