-- What may be added but never changed, by nobody, the owner included.
\ir support.psql
select plan(45);
select outcome from pg_temp.book('1', :'kim', :'hanbit', :'cmm', 1, 2, 'k1', budgets => :'budgets'::uuid[], wanted => '{100,20,50}') \gset ignored_
select outcome from fn.session_start(:'technician', null, null, '2026-11-25T01:00Z', pg_temp.id('11'), pg_temp.id('1'), null, null) \gset ignored_
select outcome from fn.session_finish(:'technician', null, null, '2026-11-25T02:00Z', pg_temp.id('11'), 1, 1, 0, 'done', null) \gset ignored_
insert into span (resource_id, ordinal, state, started_at, ended_at) values (:'cmm', 1, 'run', '2026-11-25T01:00Z', '2026-11-25T02:00Z');
select outcome from fn.usage_put('2026-11-25T05:00Z', '2026-11-25T05:00Z', pg_temp.id('21'), pg_temp.id('11'), null, null, 0, 0, 0, 3600, 'logged', 0, null,
  array(select id from span), '{2026-11-25T01:00Z}', '{2026-11-25T02:00Z}', '{0}') \gset ignored_
select fn.sample_partition('2026-11-25T00:00Z') \gset ignored_
insert into sample values (:'meter', 1, '2026-11-25T01:00Z', 1, 1, 1, 1, true, 0);
insert into event_order (event_id, tx) select id, tx from event limit 1;
prepare put (uuid, uuid, uuid, uuid[], uuid, uuid) as select outcome, pointer, limit_value, actual_value from fn.invoice_put('2026-12-01T00:00Z', $1, null, $2, $3, '2026-11-01', '2026-11-30', 'T', 'KRW',
  20000, 14000, 6000, 2000, 0, 8000, $4, '{1}', jsonb_build_array(jsonb_build_object('id', $1, 'n', 1, 'usage_id', $4[1], 'tariff_id', $5,
  'kind', 'use', 'text', 'x', 'quantity_num', 1, 'quantity_den', 1, 'quantity_unit', 'h', 'price_num', 20000, 'price_den', 1,
  'fee', 20000, 'support', 14000, 'own_share', 6000, 'tax', 2000, 'tax_kind', 'taxable', 'quality', 0, 'explain', '{}'::jsonb)),
  array[$6], '{14000}', array[$1], (select version from catalogue));
execute put(pg_temp.id('51'), :'site', :'hanbit', array[pg_temp.id('21')], :'tariff', :'state_budget') \gset put_
select is(:'put_outcome'::text, 'ok', 'an invoice is issued');

set constraints all immediate; -- a table with pending checks can't be truncated anyway
set local role labtab_owner;
select throws_ok(format('update %I set %s', t.name, t.change), '23001', null, 'no update: ' || t.name)
  from (values ('budget_entry', 'amount = 0'), ('event', 'kind = ''x'''), ('event_order', 'tx = ''1'''), ('idempotency', 'reply = ''{}'''),
               ('sample', 'power_mw = 0'), ('invoice', 'total = 0, own_share = 0, fee = 0'), ('invoice_line', 'text = ''x'''),
               ('tariff', 'price_num = 1'), ('usage', 'billable_s = 0'), ('usage_span', 'energy_mwh = 0'), ('span', 'energy_mwh = 0')) t (name, change);
select throws_ok(format('delete from %I', name), '23001', null, 'no delete: ' || name)
  from unnest(array['budget_entry', 'event_order', 'idempotency', 'sample', 'invoice', 'invoice_line', 'tariff', 'usage', 'usage_span', 'span']) name;
select throws_ok('delete from event', '23001', null, 'no delete: event');
select throws_ok(format('truncate %I cascade', name), '23001', null, 'no truncate: ' || name)
  from unnest(array['budget_entry', 'event', 'event_order', 'idempotency', 'sample', 'sample_202611', 'invoice', 'invoice_line', 'tariff', 'usage', 'usage_span', 'span']) name;
select throws_ok(format('insert into invoice_line (id, invoice_id, firm_id, n, kind, text, quantity_num, quantity_den, quantity_unit, price_num,'
  ' price_den, fee, support, own_share, tax, tax_kind, quality, explain) values (%L, %L, %L, 2, ''extra'', ''x'', 1, 1, ''each'', 1, 1, 1, 0,'
  ' 1, 0, ''exempt'', 0, ''{}'')', pg_temp.id('9'), pg_temp.id('51'), :'hanbit'), '23001', null, 'an issued invoice gets no further line');
select throws_ok('update invoice set status = ''draft''', '23001', null, 'an issued invoice is no draft again');
select lives_ok('update invoice set status = ''part_paid'', version = version + 1', 'it is paid in part');
select lives_ok('update invoice set status = ''paid'', version = version + 1', 'and then wholly');
select lives_ok(format('update tariff set valid = daterange(lower(valid), ''2026-12-01'') where id = %L', :'tariff'),
                'a tariff that priced something may end after it');
select throws_ok(format('update tariff set valid = daterange(lower(valid), ''2026-11-20'') where id = %L', :'tariff'), '23001', null,
                 'but not before it');
set constraints all deferred;
select outcome from pg_temp.book('2', :'kim', :'hanbit', :'cmm', 134, 136) \gset ignored_
select outcome from fn.session_start(:'technician', null, null, '2026-11-30T14:00Z', pg_temp.id('12'), pg_temp.id('2'), null, null) \gset ignored_
select outcome from fn.session_finish(:'technician', null, null, '2026-11-30T16:00Z', pg_temp.id('12'), 1, 1, 0, 'done', null) \gset ignored_
select outcome from fn.usage_put('2026-11-30T17:00Z', '2026-11-30T17:00Z', pg_temp.id('22'), pg_temp.id('12'), null, null, 0, 0, 0, 7200, 'logged', 0, null, '{}', '{}', '{}', '{}') \gset ignored_
update tariff set valid = daterange(lower(valid), null) where id = :'tariff';
execute put(pg_temp.id('52'), :'site', :'hanbit', array[pg_temp.id('22')], :'tariff', :'state_budget') \gset put_
select is(:'put_outcome'::text, 'ok', 'one that passes midnight at the site is priced');
select throws_ok(format('update tariff set valid = daterange(lower(valid), ''2026-12-01'') where id = %L', :'tariff'), '23001', null,
                 'what was used after midnight keeps its price too');
select lives_ok(format('update tariff set valid = daterange(lower(valid), ''2026-12-02'') where id = %L', :'tariff'), 'the day after may have another');
select lives_ok(format('update tariff set price_num = 1 where resource_id = %L', :'vision'), 'one that priced nothing may change');
select * from finish();
rollback;
