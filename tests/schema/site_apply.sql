-- Site files: idempotent, all faults at once, and nothing stored if there is one.
\ir support.psql
select plan(70);
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

-- Rules of the calendar: one fault each.
select is(pg_temp.apply(jsonb_insert(:'doc', '{resources,0}', resource)), faults, what) from (values
  ('{"code": "x", "kind": "room", "name": "x", "capacity": 0}'::jsonb, 'too_small /resources/0/capacity', 'what has neither units nor parts'),
  ('{"code": "x", "kind": "room", "name": "x", "capacity": 0, "parts": ["nothing"]}', 'unknown_reference /resources/0/parts/0', 'an unknown part'),
  ('{"code": "x", "kind": "room", "name": "x", "parts": ["cmm", "cmm"]}', 'duplicate /resources/0/parts/1', 'a part twice'),
  ('{"code": "x", "kind": "room", "name": "x", "parts": ["cmm", "inspection_set"]}', 'conflict /resources/0/parts/1', 'a part that has parts'),
  ('{"code": "x", "kind": "room", "name": "x", "parts": ["x"]}', 'conflict /resources/0/parts/0', 'a part of itself'),
  ('{"code": "x", "kind": "room", "name": "x", "capacity": 0, "parts": ["cmm", "room2"]}', 'unknown_reference /resources/0/parts/1', 'a part of another site')
) v (resource, faults, what);
select is(pg_temp.apply(pg_temp.put(:'doc', '{resources,0}', '{"code": "cmm", "kind": "instrument", "name": "x", "parts": ["tools"]}') || '{"resources": [{"code": "cmm", "kind": "instrument", "name": "x", "parts": ["tools"]}]}'),
          'conflict /resources/0/parts', 'parts for what is stored as a part');
select is(pg_temp.apply(pg_temp.put(:'doc', '{resources,0,capacity}', '2')), 'conflict /meters/0/resource, conflict /meters/1/resource', 'meters of two units');
select is(pg_temp.apply('{"resources": [{"code": "cmm", "kind": "instrument", "name": "x", "capacity": 2}]}'::jsonb || jsonb_build_object('site', :'doc'::jsonb -> 'site')),
          'conflict /resources/0/capacity, conflict /resources/0/capacity', 'a second unit of what has stored meters');
select is(pg_temp.apply(jsonb_insert(:'doc', path::text[], value)), faults, what) from (values
  ('{quotas,0}', '{"code": "q", "holder": "firm", "period": "day"}'::jsonb, 'missing_field /quotas/0/most_count', 'a quota of nothing'),
  ('{quotas,0}', '{"code": "q", "holder": "firm", "period": "day", "most_count": 1, "most_s": 1}', 'conflict /quotas/0/most_s', 'of two measures'),
  ('{quotas,0}', '{"code": "q", "holder": "firm", "period": "day", "most_count": 1, "resource": "cmm", "kind": "tool"}', 'conflict /quotas/0/kind', 'of one and of a kind'),
  ('{quotas,0}', '{"code": "q", "holder": "group", "period": "day", "most_count": 1}', 'missing_field /quotas/0/group', 'of no group'),
  ('{quotas,0}', '{"code": "q", "holder": "group", "group": "nobodies", "period": "day", "most_count": 1}', 'unknown_reference /quotas/0/group', 'of an unknown group'),
  ('{quotas,0}', '{"code": "q", "holder": "all", "period": "day", "most_count": 1, "weekdays": [0, 1]}', 'unknown_value /quotas/0/weekdays', 'on a day that is none'),
  ('{quotas,0}', '{"code": "q", "holder": "all", "period": "day", "most_count": 1, "weekdays": 3}', 'unknown_value /quotas/0/weekdays', 'on no list of days'),
  ('{quotas,0}', '{"code": "q", "holder": "all", "period": "day", "most_count": 1, "valid_from": "2026-02-01", "valid_to": "2026-02-01"}', 'end_not_after_start /quotas/0/valid_to', 'that never holds'),
  ('{quotas,0}', '{"code": "cmm_firm_month", "holder": "all", "period": "day", "most_count": 1}', 'duplicate /quotas/1', 'twice'),
  ('{courses,0}', '{"code": "c", "name": "c", "room": "lecture_hall", "seats": 2, "attendance_num": 2, "grants": [{"resource": "nothing"}, {"resource": "cmm"}, {"resource": "cmm"}]}',
   'too_large /courses/0/attendance_num, unknown_reference /courses/0/grants/0/resource, duplicate /courses/0/grants/2, too_large /courses/0/seats', 'a course'),
  ('{firm_groups,0}', '{"firm": "hanbit", "group": "council"}', 'duplicate /firm_groups/1', 'in a group twice'),
  ('{firm_groups,0}', '{"firm": "nobody", "group": "council"}', 'unknown_reference /firm_groups/0/firm', 'an unknown firm in a group')
) v (path, value, faults, what);
select is(pg_temp.apply(pg_temp.put(:'doc', '{booking_rules,0}', :'doc'::jsonb #> '{booking_rules,0}' || rule)), faults, what) from (values
  ('{"groups": ["council", "nobodies"], "holiday_groups": ["nobodies"]}'::jsonb, 'unknown_reference /booking_rules/0/groups/1, unknown_reference /booking_rules/0/holiday_groups/0', 'unknown groups'),
  ('{"approvals": ["technician", "firm_member"]}', 'unknown_value /booking_rules/0/approvals/1', 'a role that approves nothing'),
  ('{"cancel_share_num": 101, "no_show_share_num": 3, "no_show_share_den": 2}', 'too_large /booking_rules/0/cancel_share_num, too_large /booking_rules/0/no_show_share_num', 'more than the price')
) v (rule, faults, what);
select is(pg_temp.apply(:'doc'::jsonb #- '{site,strike_ban_s}'), 'missing_field /site/strike_ban_s', 'strikes without a ban');

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
select is(pg_temp.apply(pg_temp.put(:'doc', '{resources,5,capacity}', '3')), 'too_large /courses/0/seats, too_small /resources/5/capacity', 'fewer seats than there are, and than a course takes');
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
select is(pg_temp.apply(pg_temp.put(:'doc', '{openings,0,closes}', '"17:00"') || '{"resources": [], "special_days": [], "budgets": []}'), 'ok 0/1/2', 'an hour less on Mondays');

-- The calendar's rows follow the file.
select is(pg_temp.apply(doc || jsonb_build_object('site', :'doc'::jsonb -> 'site', 'openings', :'doc'::jsonb -> 'openings', 'special_days', :'doc'::jsonb -> 'special_days')), counts, what) from (values
  ('{"openings": []}'::jsonb, 'ok 1/1/0', 'what this test has changed is undone'),
  ('{"resources": [{"code": "inspection_set", "kind": "instrument", "name": "정밀검사 세트", "name_en": "Inspection set: CMM, vision measuring machine, operator", "capacity": 0, "parts": ["operator", "cmm"], "charge_basis": "reserved"}]}', 'ok 0/2/1', 'parts change their order, one goes'),
  ('{"firm_groups": [{"firm": "hanbit", "group": "council", "valid_to": "2027-01-01"}, {"firm": "hanbit", "group": "alumni"}]}', 'ok 1/1/1', 'groups are replaced by firm'),
  ('{"quotas": [{"code": "cmm_firm_month", "holder": "all", "resource": "cmm", "period": "week", "most_count": 9, "weekdays": [6, 7]}]}', 'ok 0/1/0', 'a quota changes'),
  ('{"courses": [{"code": "step1_cmm", "name": "x", "room": "multimedia_room", "seats": 4, "grants": [{"resource": "vision"}]}]}', 'ok 1/1/1', 'and a course, and what it opens'),
  ('{"booking_rules": [{"resource": "cmm", "valid_from": "2026-01-01", "gap_s": 600}, {"resource": "cmm", "valid_from": "2027-01-01", "approvals": ["technician", "admin"], "regions": []}]}', 'ok 1/1/0', 'and rules'),
  ('{"booking_rules": [{"resource": "cmm", "valid_from": "2027-01-01", "approvals": ["technician", "admin"], "regions": []}]}', 'ok 0/0/1', 'of which the file''s are all')
) v (doc, counts, what);
select is((select array_agg(group_code || valid::text order by group_code) from firm_group where firm_id = :'hanbit'), array['alumni(,)', 'council(,2027-01-01)'], 'a firm''s groups');
select is((select row(grid_s, approvals, regions, valid)::text from booking_rule where resource_id = :'cmm'), '(60,"{technician,admin}",{},"[2027-01-01,)")', 'defaults hold');
select * from finish();
rollback;
