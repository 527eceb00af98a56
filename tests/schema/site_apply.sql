-- Site files: idempotent, all faults at once, and nothing stored if there is one.
\ir support.psql
select plan(35);
grant usage on schema tap to labtab_api;
grant select on tap.document to labtab_api;
select doc from tap.document \gset
create function pg_temp.apply(doc jsonb) returns text language sql as $$
  select string_agg(case when outcome = 'ok' then format('ok %s/%s/%s', created, changed, removed)
                         else format('%s %s', outcome, pointer) end, ', ' order by pointer, outcome)
    from fn.site_apply(doc, '2026-11-24T00:00Z')
$$;
create function pg_temp.put(doc jsonb, path text, value jsonb) returns jsonb language sql
return jsonb_set(doc, path::text[], value);
create function pg_temp.rows() returns text language sql
return (select string_agg(format('%s', n), ' ') from (
  select count(*) n from resource union all select count(*) from tariff union all select count(*) from person
  union all select count(*) from budget_entry union all select version from catalogue) x);
set local role labtab_api;
select is(pg_temp.apply(:'doc'), 'ok 0/0/0', 'the same file again changes nothing');
select is((select version from catalogue), :catalogue::bigint, 'nor the catalogue''s version');

select pg_temp.rows() as before \gset
select is(pg_temp.apply(pg_temp.put(:'doc', '{site,zone}', '"Asia/Atlantis"')), 'unknown_value /site/zone', 'an unknown zone');
select is(pg_temp.apply(pg_temp.put(:'doc', '{tariffs,0,resource}', '"nothing"')), 'unknown_reference /tariffs/0/resource', 'an unknown resource');
select is(pg_temp.apply(pg_temp.put(:'doc', '{people,5,firm}', '"nobody"')), 'unknown_reference /people/5/firm', 'an unknown firm');
select is(pg_temp.apply(pg_temp.put(:'doc', '{meters,0,profile}', '"none"')), 'unknown_reference /meters/0/profile', 'an unknown profile');
select is(pg_temp.apply(jsonb_insert(:'doc', '{resources,0}', :'doc'::jsonb #> '{resources,0}')), 'duplicate /resources/1', 'a resource twice');
select is(pg_temp.apply(jsonb_insert(:'doc', '{special_days,0}', '{"day": "2026-06-03", "reason": "x"}')), 'duplicate /special_days/1', 'a day twice');
select is(pg_temp.apply(pg_temp.put(:'doc', '{site,holiday_calendar}', '"atlantis"')), 'unknown_value /site/holiday_calendar', 'unknown holidays');
select is(pg_temp.apply(pg_temp.put(:'doc', '{special_days}', '[{"day": "2026-12-24", "reason": "x", "opens": "09:00"}, {"day": "2026-12-24", "reason": "x", "resource": "nothing"},
                                    {"day": "2026-12-25", "reason": "x", "opens": "24:00", "closes": "23:00"}, {"day": "2026-12-25", "reason": "x"}]')),
          'missing_field /special_days/0/closes, unknown_reference /special_days/1/resource, end_not_after_start /special_days/2/closes, bad_format /special_days/2/opens, conflict /special_days/3',
          'special days of no sense');
select is(pg_temp.apply(pg_temp.put(:'doc', '{openings,0,closes}', '"08:00"')), 'end_not_after_start /openings/0/closes', 'hours that end before they start');
select is(pg_temp.apply(pg_temp.put(:'doc', '{openings,0,opens}', '"9 o''clock"')), 'bad_format /openings/0/opens', 'a time of no form');
select is(pg_temp.apply(pg_temp.put(:'doc', '{people,0,roles}', '["firm_member"]')), 'unknown_value /people/0/roles', 'a firm''s role for the lab''s people');
select is(pg_temp.apply(pg_temp.put(:'doc', '{tariffs,0,rounding}', '"block"')), 'missing_field /tariffs/0/block_s', 'blocks without a length');
select is(pg_temp.apply(pg_temp.put(:'doc', '{programmes,0,rate_num}', '101')), 'too_large /programmes/0/rate_num', 'support of more than all');
select is(pg_temp.apply(pg_temp.put(:'doc', '{resources,5,capacity}', '3')), 'too_small /resources/5/capacity', 'fewer seats than there are');
select is(pg_temp.apply(pg_temp.put(pg_temp.put(pg_temp.put(:'doc', '{run_rules,0,off_w}', '100000'), '{qualifications,0,valid_to}', '"2020-01-01T00:00:00Z"'),
                                    '{budgets,0,funder}', '"nobody"')),
          'unknown_reference /budgets/0/funder, end_not_after_start /qualifications/0/valid_to, too_large /run_rules/0/off_w', 'all faults at once');
select is(pg_temp.apply(jsonb_insert(:'doc', '{tariffs,0}', '{"resource": "cmm", "valid_from": "2025-01-01", "valid_to": "2026-02-01", "time_unit_s": 3600, "price_num": 1, "rounding": "exact"}')),
          'conflict /tariffs/1/valid_from', 'prices that overlap');
select is(pg_temp.rows(), :'before'::text, 'faults leave nothing behind');
select throws_ok(format('set labtab.firm = %L; select * from fn.site_apply(%L, ''2026-11-24T00:00Z'')', :'hanbit', '{}'), '42501', null, 'only with the lab''s scope');
select set_config('labtab.firm', '*', true) \gset ignored_

select is(pg_temp.apply(pg_temp.put(:'doc', '{resources,0,name}', '"New"')), 'ok 0/1/0', 'a name changes');
select cmp_ok((select version from catalogue), '>', :catalogue::bigint, 'which raises the catalogue''s version');
select is(pg_temp.apply(pg_temp.put(:'doc', '{resources,5,capacity}', '14')), 'ok 2/1/0', 'two more seats (and the name back)');
select is((select count(*) from unit where resource_id = :'room'), 14::bigint, 'are fourteen units');
select is(pg_temp.apply(jsonb_insert(pg_temp.put(:'doc', '{resources,5,capacity}', '14'), '{tariffs,1}', '{"resource": "cmm", "valid_from": "2027-01-01", "time_unit_s": 3600, "price_num": 22000, "rounding": "minute"}')),
          'ok 1/1/0', 'a new price from next year');
select is((select array_agg(valid order by valid) from tariff where resource_id = :'cmm'), array['[2026-01-01,2027-01-01)', '[2027-01-01,)']::daterange[], 'ends the old one');
select is(pg_temp.apply(pg_temp.put(:'doc', '{resources,5,capacity}', '14')), 'conflict /tariffs/0/valid_from', 'a file that forgot the later price');
select is((select balance from budget where id = :'state_budget'), 15000000::bigint, 'what was granted');
reset role;
delete from tariff where lower(valid) = '2027-01-01';
insert into budget_entry (budget_id, kind, amount, at) values (:'state_budget', 'draw', -1000000, '2026-01-01T00:00Z');
set local role labtab_api;
select is(pg_temp.apply(pg_temp.put(pg_temp.put(:'doc', '{resources,5,capacity}', '14'), '{budgets,0,amount}', '16000000')), 'ok 0/2/0', 'a million more, and the tariff is open again');
select is((select balance from budget where id = :'state_budget'), 15000000::bigint, 'is there');
select is(pg_temp.apply(pg_temp.put(pg_temp.put(:'doc', '{resources,5,capacity}', '14'), '{budgets,0,amount}', '999999')), 'budget_exhausted /budgets/0/amount', 'less than was spent');
select is(pg_temp.apply(pg_temp.put(:'doc', '{resources,5,capacity}', '14') #- '{special_days,0}' #- '{openings,4}' || '{"budgets": []}'), 'ok 0/0/2', 'days and hours that are gone');
select is(pg_temp.apply(jsonb_insert(:'doc', '{special_days,0}', '{"day": "2026-12-24", "reason": "x", "opens": "09:00", "closes": "12:00", "resource": "cmm"}') || '{"resources": [], "budgets": []}'),
          'ok 3/0/0', 'hours of one day, and the day and hours that were gone');
select is((select row(resource_id, opens_min, closes_min)::text from special_day where on_day = '2026-12-24'), row(:'cmm'::uuid, 540, 720)::text, 'are the resource''s');
select is(pg_temp.apply(jsonb_insert(:'doc', '{special_days,0}', '{"day": "2026-12-24", "reason": "y", "opens": "09:00", "closes": "11:00", "resource": "cmm"}') || '{"resources": [], "budgets": []}'),
          'ok 0/1/0', 'and change');
select * from finish();
rollback;
