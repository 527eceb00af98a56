-- Quotas: by count and by time, per period of the site's zone, for whom and for what; and what else the database judges.
\ir support.psql
select plan(67);
delete from quota;
update site set strike_count = null, strike_window_s = null, strike_ban_s = null, unpaid_grace_s = null;
create function pg_temp.quota(code text, holder text, period text, most_count integer default null, most_s bigint default null,
                              resource uuid default null, kind text default null, group_code text default null,
                              weekdays smallint[] default null, off_from smallint default null, off_to smallint default null) returns void
language sql as $$
  insert into quota (id, site_id, code, holder, group_code, resource_id, kind, period, weekdays, off_from_min, off_to_min, most_count, most_s)
    select gen_random_uuid(), s.id, $1, holder, group_code, resource, kind, period, weekdays, off_from, off_to, most_count, most_s
      from site s where s.code = 'siheung'
$$;
-- Under all quotas there are; the span in hours of 2026-11-25 UTC, which is a Wednesday and begins at 09:00 in Seoul.
create function pg_temp.asks(id text, resource uuid, from_h numeric, to_h numeric, person text default 'kim', also uuid[] default '{}',
                             at timestamptz default '2026-11-24T00:00Z', override text default null) returns text
language plpgsql as $$
declare
  w fn.wish;
begin
  w := pg_temp.wish(asks.id, p.id, p.firm_id, asks.resource, from_h, to_h, also) from person p where p.code = asks.person;
  w.quotas := array(select q.id from quota q);
  w.override_reason := override;
  w.is_staff := override is not null;
  return pg_temp.outcomes(w, at);
end $$;
create function pg_temp.fresh() returns void language sql as $$
  delete from quota; update booking set status = 'cancelled', missed_at = null; update claim set live = false
$$;

-- Counts a day: local ones. 15:00 UTC is midnight in Seoul.
select pg_temp.quota('two_a_day', 'person', 'day', 2) \gset ignored_
select is(pg_temp.asks('1', :'cmm', 1, 2), 'ok', 'a first one');
select is(pg_temp.asks('2', :'vision', 14, 15), 'ok', 'a second one on the same local day, of another resource');
select is(pg_temp.asks('3', :'cmm', 13, 14), 'quota_count /quota/two_a_day 2 3', 'a third one is refused');
select is(pg_temp.asks('3', :'cmm', 15, 16), 'ok', 'at half past midnight in Seoul it is the next day');
select is(pg_temp.asks('4', :'cmm', 13, 14, 'oh'), 'ok', 'another person''s');
select is(pg_temp.asks('5', :'cmm', 14, 15.5), 'quota_count /quota/two_a_day 2 3, taken /start 2026-11-25T15:00:00Z cmm',
          'over midnight it counts on both days; what is taken is told with it');
select is((select count(*) from booking), 4::bigint, 'refusals leave nothing behind');
select is((select count(*) from claim), 4::bigint, 'nor claims');
update booking set status = 'cancelled' where id = pg_temp.id('2');
update booking set status = 'missed', missed_at = starts_at where id = pg_temp.id('1');
select is(pg_temp.asks('6', :'vision', 11, 12), 'ok', 'a cancelled one counts no more');
select is(pg_temp.asks('7', :'vision', 8, 9), 'quota_count /quota/two_a_day 2 3', 'a missed one does');
select is(pg_temp.asks('7', :'vision', 8, 9, override => 'needed'), 'ok', 'staff overrule it');
select is((select explain -> 'overrides' from booking where id = pg_temp.id('7')), '["quota_count"]', 'and the booking says so');

-- Time a day.
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('an_hour_and_a_half', 'firm', 'day', most_s => 5400, resource => :'cmm') \gset ignored_
select is(pg_temp.asks('11', :'cmm', 1, 2), 'ok', 'an hour');
select is(pg_temp.asks('12', :'cmm', 3, 4), 'quota_time /quota/an_hour_and_a_half 5400 7200', 'another one is too much');
select is(pg_temp.asks('12', :'cmm', 3, 3.5), 'ok', 'half of it is not');
select is(pg_temp.asks('13', :'vision', 3, 9), 'ok', 'another resource is not counted');
select is(pg_temp.asks('14', :'room', 3, 4, also => array[:'cmm']::uuid[]), 'taken /mode cmm, quota_time /quota/an_hour_and_a_half 5400 9000',
          'but one that is booked along is');
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('whole_days', 'person', 'day', most_s => 86400) \gset ignored_
select is(pg_temp.asks('21', :'cmm', -9, 15), 'ok', 'a whole local day under 24 hours a day');
select is(pg_temp.asks('22', :'cmm', 15, 63), 'ok', 'one of two whole days');
select is(pg_temp.asks('23', :'vision', 20, 21), 'quota_time /quota/whole_days 86400 90000', 'nothing beside it');

-- Weeks begin on Mondays: the 22nd is a Sunday, the 29th the next one.
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('one_a_week', 'person', 'week', 1) \gset ignored_
select is(pg_temp.asks('31', :'cmm', 1, 2), 'ok', 'Wednesday');
select is(pg_temp.asks('32', :'cmm', 24 * 4 + 14, 24 * 4 + 15), 'quota_count /quota/one_a_week 1 2', 'Sunday, the last hour');
select is(pg_temp.asks('32', :'cmm', 24 * 4 + 15, 24 * 4 + 16), 'ok', 'Monday');
select is(pg_temp.asks('33', :'cmm', 24 * 18 + 14, 24 * 18 + 16), 'ok', 'over the end of another week');
select is(pg_temp.asks('34', :'cmm', 24 * 19, 24 * 19 + 1), 'quota_count /quota/one_a_week 1 2', 'it counts in both: after ...');
select is(pg_temp.asks('34', :'cmm', 24 * 13, 24 * 13 + 1), 'quota_count /quota/one_a_week 1 2', '... and before');

-- Months and years.
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('month', 'person', 'month', most_s => 36000) \gset ignored_
select is(pg_temp.asks('41', :'cmm', 24 * 5 + 11, 24 * 5 + 19), 'ok', 'four hours in November, four in December');
select is(pg_temp.asks('42', :'cmm', 1, 7), 'ok', 'six more in November');
select is(pg_temp.asks('43', :'cmm', 8, 8.5), 'quota_time /quota/month 36000 37800', 'then no half');
select is(pg_temp.asks('43', :'cmm', 24 * 7, 24 * 7 + 6), 'ok', 'but six in December');
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('year', 'person', 'year', 1) \gset ignored_
select is(pg_temp.asks('51', :'cmm', 1, 2), 'ok', 'one a year');
select is(pg_temp.asks('52', :'cmm', 24 * 36 + 14, 24 * 36 + 15), 'quota_count /quota/year 1 2', 'on the last evening of December');
select is(pg_temp.asks('52', :'cmm', 24 * 36 + 15, 24 * 36 + 16), 'ok', 'the year ends at the zone''s midnight');

-- Ahead: whatever has not ended.
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('one_ahead', 'person', 'ahead', 1) \gset ignored_
select is(pg_temp.asks('61', :'cmm', 1, 2), 'ok', 'one ahead');
select is(pg_temp.asks('62', :'cmm', 400, 401), 'quota_count /quota/one_ahead 1 2', 'a second one is refused, however late');
select is(pg_temp.asks('62', :'cmm', 400, 401, at => '2026-11-25T02:00Z'), 'ok', 'when the first has ended it is not');

-- Certain weekdays only: 6 and 7.
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('weekend', 'person', 'week', most_s => 3600, weekdays => '{6,7}') \gset ignored_
select is(pg_temp.asks('71', :'cmm', 1, 9), 'ok', 'other days do not count');
select is(pg_temp.asks('72', :'cmm', 24 * 3 + 1, 24 * 3 + 3), 'quota_time /quota/weekend 3600 7200', 'Saturday does');
select is(pg_temp.asks('72', :'cmm', 24 * 2 + 13, 24 * 2 + 16), 'ok', 'of Friday night only what is Saturday');
-- A time of day that does not count, over midnight.
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('daytime', 'person', 'day', most_s => 3600, off_from => 1200::smallint, off_to => 480::smallint) \gset ignored_
select is(pg_temp.asks('73', :'cmm', 10, 24), 'ok', 'from 19:00 to 09:00: an hour on either day');
select is(pg_temp.asks('74', :'vision', 2, 3), 'quota_time /quota/daytime 3600 7200', 'it has used the first day''s');
select is(pg_temp.asks('74', :'vision', 11, 20), 'ok', 'the night is free');

-- One that names the resource comes before its kind's, and that before the site's.
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('machine', 'person', 'day', 2, resource => :'cmm') \gset ignored_
select pg_temp.quota('kind', 'person', 'day', 1, kind => 'instrument') \gset ignored_
select pg_temp.quota('site', 'person', 'day', 0) \gset ignored_
select is(pg_temp.asks('81', :'cmm', 1, 2) || pg_temp.asks('82', :'cmm', 2, 3), 'okok', 'the machine''s limit wins');
select is(pg_temp.asks('83', :'cmm', 3, 4), 'quota_count /quota/machine 2 3', 'and holds');
select is(pg_temp.asks('84', :'vision', 3, 4), 'quota_count /quota/kind 1 3', 'another instrument has its kind''s');
select is(pg_temp.asks('85', :'room', 3, 4), 'quota_count /quota/site 0 3', 'a room the site''s');
select is(pg_temp.asks('86', :'vision', 3, 4, 'oh'), 'ok', 'each of its own');

-- Whose are counted together.
select pg_temp.fresh() \gset ignored_
delete from firm_group;
insert into firm_group (id, firm_id, group_code) values (pg_temp.id('1'), :'hanbit', 'pair'), (pg_temp.id('2'), :'daeya', 'pair');
select pg_temp.quota('pair', 'group', 'day', 1, group_code => 'pair', resource => :'vision') \gset ignored_
select is(pg_temp.asks('91', :'vision', 1, 2), 'ok', 'a group''s first');
select is(pg_temp.asks('92', :'vision', 3, 4, 'oh'), 'quota_count /quota/pair 1 2', 'is the other firm''s too');
select pg_temp.fresh() \gset ignored_
select pg_temp.quota('everybody', 'all', 'day', 1) \gset ignored_
select is(pg_temp.asks('93', :'vision', 1, 2), 'ok', 'everybody''s first');
select is(pg_temp.asks('94', :'cmm', 3, 4, 'oh'), 'quota_count /quota/everybody 1 2', 'is the other firm''s too');
update booking set status = 'pending', expires_at = '2026-11-24T00:00Z' where id = pg_temp.id('93');
select is(pg_temp.asks('94', :'cmm', 3, 4, 'oh'), 'ok', 'what has expired does not count before anybody has come to it');
select is(fn.quota_off('America/New_York', '2026-03-08', 170, 190), '{[2026-03-08T07:10Z,2026-03-08T07:50Z)}'::tstzmultirange - '{[2026-03-08T07:10Z,2026-03-08T07:50Z)}',
          'what begins in the hour that is left out and ends before it would have begun is nothing');
select is(fn.quota_off('America/New_York', '2026-03-08', 110, 190), '{[2026-03-08T06:50Z,2026-03-08T07:10Z)}', 'what lies around it is shorter');

-- Gaps between a person's bookings of one resource.
select pg_temp.fresh() \gset ignored_
create function pg_temp.gapped(id text, from_h numeric, to_h numeric, person text default 'kim') returns text language plpgsql as $$
declare
  w fn.wish;
begin
  w := pg_temp.wish(gapped.id, p.id, p.firm_id, r.id, from_h, to_h) from person p, resource r where p.code = person and r.code = 'cmm';
  w.gap_s := 7200;
  return pg_temp.outcomes(w);
end $$;
select is(pg_temp.gapped('101', 10, 11), 'ok', 'a first one');
select is(pg_temp.gapped('102', 11.5, 12), 'gap_too_short /start 7200 1800', 'the next has to keep its distance');
select is(pg_temp.gapped('102', 7, 8.5), 'gap_too_short /start 7200 5400', 'and one before');
select is(pg_temp.gapped('102', 13, 14) || pg_temp.gapped('103', 11.5, 12, 'oh'), 'okok', 'at the limit, or of another person, it is fine');
update booking set status = 'pending', expires_at = '2026-11-24T00:00Z' where id = pg_temp.id('102');
select is(pg_temp.gapped('104', 14.5, 15), 'ok', 'what has expired keeps nobody at a distance before anybody has come to it');
select is((select status from booking where id = pg_temp.id('102')), 'cancelled', 'since it is applied');

-- Firms that were missed too often, or have not paid.
update site set strike_count = 2, strike_window_s = 86400, strike_ban_s = 172800, unpaid_grace_s = 2592000;
update booking set status = 'missed', missed_at = '2026-11-23T00:00Z' where id = pg_temp.id('91');
update booking set status = 'missed', missed_at = '2026-11-23T12:00Z' where id = pg_temp.id('101');
select is(pg_temp.asks('111', :'vision', 1, 2), 'firm_suspended  2026-11-25T12:00:00Z 2', 'two strikes in a day: two days without');
select is(pg_temp.asks('111', :'vision', 24, 25, at => '2026-11-25T12:00Z'), 'ok', 'then they may again');
insert into invoice (id, site_id, firm_id, month, status, series, number, dated, currency, fee, support, own_share, tax, truncation, total, issued_at, hash, position)
  select pg_temp.id('1'), :'site', :'daeya', '2026-09-01', 'issued', 'T', 1, '2026-09-30', 'KRW', 1, 0, 1, 0, 0, 1, '2026-10-01T00:00Z', '\x00', 1;
select is(pg_temp.asks('112', :'vision', 3, 4, 'oh'), 'firm_unpaid  2592000 2026-10-01T00:00:00Z', 'an invoice is unpaid for too long');
update site set strike_count = null, strike_window_s = null, strike_ban_s = null, unpaid_grace_s = 7776000;
select is(pg_temp.asks('112', :'vision', 3, 4, 'oh'), 'ok', 'or not yet');

-- A qualification that was not used for too long.
create function pg_temp.unused(id text, used timestamptz) returns text language plpgsql as $$
declare
  w fn.wish;
begin
  w := pg_temp.wish(unused.id, p.id, p.firm_id, r.id, 48, 49) from person p, resource r where p.code = 'kim' and r.code = 'cmm';
  w.unused_limit_s := 86400 * 4;
  w.never_used_limit_s := 86400 * 5;
  delete from qualification_use;
  insert into qualification_use (person_id, resource_id, last_used_at) select w.person, w.resource, used where used is not null;
  return pg_temp.outcomes(w);
end $$;
update qualification set valid = '[2026-11-01T00:00Z,)' where person_id = :'kim' and resource_id = :'cmm';
select is(pg_temp.unused('121', '2026-11-23T00:00Z'), 'not_qualified /resource 2026-11-27T00:00:00Z 2026-11-27T00:00:00Z', 'four days without use by then');
select is(pg_temp.unused('121', null), 'not_qualified /resource 2026-11-06T00:00:00Z 2026-11-27T00:00:00Z', 'or never used');
select is(pg_temp.unused('121', '2026-11-23T00:00:01Z'), 'ok', 'used just in time');
select * from finish();
rollback;
