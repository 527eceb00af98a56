-- A lab to measure with: everything open day and night, so that slots do not run out, and all rules in force.
--   firms          firms f1 ... with one person p1 ... each
--   resources      instruments r1 ..., and the instrument cmm; each has a part of its own, which is taken with it
--   qualified      there are qualifications on so many instruments: of every eighth of them, by its number, for every eighth
--                  pair of persons; both numbers of a slot in booking.py go up by one, so that others never meet
-- Ids are made from numbers, so that pgbench can make the same parameters.
create schema bench;
grant usage on schema bench to public;
create function bench.id(kind integer, n bigint) returns uuid language sql immutable parallel safe
return ('00000000-' || lpad(to_hex(kind), 4, '0') || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
-- Of a unit: random, as fn.site_put_units makes it.
create function bench.unit(resource uuid) returns uuid language sql immutable parallel safe
return md5(resource::text)::uuid;

begin;
set local timezone = 'Asia/Seoul';
set local session_replication_role = replica; -- no triggers: they would raise the catalogue's version a row at a time
insert into site (id, code, name, zone, truncate_to, strike_count, strike_window_s, strike_ban_s, unpaid_grace_s)
  values (bench.id(1, 1), 'bench', 'Bench', 'Asia/Seoul', 10, 3, 7776000, 2592000, 2592000);
insert into opening (id, site_id, weekday, opens_min, closes_min)
  select bench.id(2, d), bench.id(1, 1), d, 0, 1440 from generate_series(1, 7) d;

-- 0 is cmm.
insert into resource (id, site_id, code, kind, name)
  select bench.id(3, n), bench.id(1, 1), case when n = 0 then 'cmm' else 'r' || n end, 'instrument', 'Instrument ' || n
    from generate_series(0, :resources) n;
insert into resource (id, site_id, code, kind, name)
  select bench.id(14, n), bench.id(1, 1), 'part' || n, 'tool', 'Part of instrument ' || n
    from generate_series(0, :resources) n;
insert into resource_part (resource_id, part_id, ordinal)
  select bench.id(3, n), bench.id(14, n), 1 from generate_series(0, :resources) n;
insert into unit (id, resource_id, ordinal)
  select bench.unit(r.id), r.id, 1 from resource r;
insert into booking_rule (id, resource_id, min_s, max_s, grid_s, notice_s, horizon_s, pad_before_s, pad_after_s,
    cancel_free_s, needs_qualification, lock_s, gap_s, cancel_share_num, check_in_s, no_show_s, no_show_fee, regions,
    industries, head_count_max, groups, configurations, unused_limit_s, never_used_limit_s)
  select bench.id(5, n), bench.id(3, n), 1800, 28800, 600, 3600, 34560000, 600, 600, 86400, true, 3600, 1800, 50, 1800, 1800,
      10000, '{sincheon}', '{C25}', 100, '{members}', '{standard,fine}', 315360000, 315360000
    from generate_series(0, :resources) n;
insert into quota (id, site_id, code, holder, kind, period, weekdays, most_count, most_s)
  values (bench.id(16, 1), bench.id(1, 1), 'day', 'person', null, 'day', null, 20, null),
    (bench.id(16, 2), bench.id(1, 1), 'week', 'firm', 'instrument', 'week', '{1,2,3,4,5}', 1000, null),
    (bench.id(16, 3), bench.id(1, 1), 'month', 'firm', null, 'month', null, null, 2000000);
insert into tariff (id, resource_id, valid, time_unit_s, price_num, rounding, block_s, setup_fee)
  select bench.id(6, n), bench.id(3, n), daterange('2020-01-01', null), 3600, 20000, 'block', 1800, 5000
    from generate_series(0, :resources) n;

-- Every second firm is small enough for the programme.
insert into firm (id, code, name)
  select bench.id(7, n), 'f' || n, 'Firm ' || n from generate_series(1, :firms) n;
insert into firm_fact (id, firm_id, valid, region, industry, head_count)
  select bench.id(8, n), bench.id(7, n), daterange('2020-01-01', null), 'sincheon', 'C25', case when n % 2 = 0 then 5 else 50 end
    from generate_series(1, :firms) n;
insert into firm_group (id, firm_id, group_code, valid)
  select bench.id(17, n), bench.id(7, n), 'members', daterange('2020-01-01', null) from generate_series(1, :firms) n;
insert into person (id, firm_id, code, name, roles)
  select bench.id(9, n), bench.id(7, n), 'p' || n, 'Person ' || n, array['firm_member']
    from generate_series(1, :firms) n;
insert into qualification (id, person_id, firm_id, resource_id, valid)
  select bench.id(10, p * 1000000::bigint + r), bench.id(9, p), bench.id(7, p), bench.id(3, r),
      tstzrange('2020-01-01', '2100-01-01')
    from generate_series(1, :firms) p, generate_series((p - 1) / 2 % 8 + 1, :qualified, 8) r;
insert into qualification_use (person_id, resource_id, firm_id, last_used_at)
  select q.person_id, q.resource_id, q.firm_id, '2026-01-01' from qualification q;

insert into funder (id, code, name)
  select bench.id(11, n), 'funder' || n, 'Funder ' || n from generate_series(1, 3) n;
insert into programme (id, code, site_id, name, valid, rate_num, rate_den, firm_year_cap, head_count_max)
  values (bench.id(12, 1), 'support', bench.id(1, 1), 'Support', daterange('2020-01-01', null), 70, 100, 1000000000000, 9);
insert into programme_funder (programme_id, funder_id, ordinal, weight)
  select bench.id(12, 1), bench.id(11, n), n, n from generate_series(1, 3) n;
insert into budget (id, programme_id, funder_id, fiscal_year)
  select bench.id(13, y * 10 + n), bench.id(12, 1), bench.id(11, n), y
    from generate_series(1, 3) n, generate_series(2020, 2060) y;
set local session_replication_role = origin; -- the entries' trigger moves the balances
insert into budget_entry (budget_id, kind, amount, note, at)
  select b.id, 'grant', 1000000000000, 'bench', '2020-01-01' from budget b;
commit;
vacuum analyze;
