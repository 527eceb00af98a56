-- Units: what is fungible is seated anew, what has lapsed gives way, pads of one firm may meet, bundles are all or nothing.
\ir support.psql
select plan(51);
-- Who has which unit of a resource when (hours of 2026-11-25 UTC), by unit and time.
create function pg_temp.seats(resource uuid) returns text language sql as $$
  select string_agg(format('%s:%s %s-%s', u.ordinal, ltrim(right(c.booking_id::text, 12), '0'), to_char(lower(c.during), 'FMHH24:MI'),
                           to_char(upper(c.during), 'FMHH24:MI')), ', ' order by u.ordinal, lower(c.during))
    from claim c join unit u on u.id = c.unit_id where u.resource_id = seats.resource and c.live
$$;
create function pg_temp.cancel(id text) returns text language sql as $$
  select (fn.booking_cancel(b.person_id, null, null, '2026-11-24T00:00Z', b.id, b.version, false, null, false)).outcome
    from booking b where b.id = pg_temp.id(cancel.id)
$$;
create function pg_temp.start(id text, at timestamptz) returns text language sql as $$
  select (fn.session_start((select p.id from person p where p.code = 'technician'), null, null, at, gen_random_uuid(), pg_temp.id(start.id), null, null)).outcome
$$;
delete from unit where resource_id = :'room' and ordinal > 2;
update site set strike_count = null, strike_window_s = null, strike_ban_s = null;

-- Two seats: one is taken from 1 to 2, the other from 3 to 4.
select is((pg_temp.book('1', :'kim', :'hanbit', :'room', 1, 2)).outcome || (pg_temp.book('2', :'kim', :'hanbit', :'room', 2, 4)).outcome
          || (pg_temp.book('3', :'kim', :'hanbit', :'room', 3, 4)).outcome || pg_temp.cancel('2'), 'okokokok', 'no seat is free from 1 to 4');
select is(pg_temp.seats(:'room'), '1:1 1:00-2:00, 2:3 3:00-4:00', 'although one of them is at each moment');
select is(pg_temp.outcomes(pg_temp.wish('4', :'oh', :'daeya', :'room', 1, 4), is_trial => true), 'ok', 'a trial finds one');
select is(pg_temp.seats(:'room'), '1:1 1:00-2:00, 2:3 3:00-4:00', 'and nobody has moved');
select is((pg_temp.book('4', :'oh', :'daeya', :'room', 1, 4)).outcome, 'ok', 'a booking finds one');
select is(pg_temp.seats(:'room'), '1:4 1:00-4:00, 2:1 1:00-2:00, 2:3 3:00-4:00', 'one has moved');
select is(pg_temp.outcomes(pg_temp.wish('5', :'oh', :'daeya', :'room', 2, 3.5)), 'taken /start 2026-11-25T03:00:00Z multimedia_room',
          'where both are taken for a moment it could last until then');
select is(pg_temp.outcomes(pg_temp.wish('5', :'oh', :'daeya', :'room', 3, 5)), 'taken /start multimedia_room', 'and none can begin');
select is((pg_temp.book('5', :'oh', :'daeya', :'room', 4, 6)).outcome || (pg_temp.book('6', :'oh', :'daeya', :'room', 4, 5)).outcome
          || (pg_temp.book('7', :'oh', :'daeya', :'room', 6, 8)).outcome, 'okokok', 'the evening');
-- What has begun stays: 1 is in use on seat 2, 3 will be.
select is(pg_temp.cancel('4') || pg_temp.cancel('5') || pg_temp.cancel('6') || pg_temp.cancel('7'), 'okokokok', 'all but two go');
select is((pg_temp.book('8', :'kim', :'hanbit', :'room', 3, 4)).outcome || pg_temp.cancel('3'), 'okok', 'one comes anew');
select is(pg_temp.seats(:'room'), '1:8 3:00-4:00, 2:1 1:00-2:00', 'on the other seat');
select is(pg_temp.start('1', '2026-11-25T01:00Z'), 'ok', 'the first is at work');
select is(pg_temp.outcomes(pg_temp.wish('9', :'oh', :'daeya', :'room', 1.5, 4), at => '2026-11-25T01:30Z'), 'ok', 'the second can go to where it is');
select is(pg_temp.seats(:'room'), '1:9 1:30-4:00, 2:1 1:00-2:00, 2:8 3:00-4:00', 'and has');
select is(pg_temp.start('9', '2026-11-25T01:40Z') || pg_temp.cancel('8') || (pg_temp.book('10', :'kim', :'hanbit', :'room', 4, 5)).outcome
          || (pg_temp.book('11', :'kim', :'hanbit', :'room', 2, 3)).outcome, 'okokokok', 'both are at work');
select is(pg_temp.outcomes(pg_temp.wish('12', :'kim', :'hanbit', :'room', 3, 5), at => '2026-11-25T01:50Z'), 'ok', 'who comes between finds a seat');
select is(pg_temp.outcomes(pg_temp.wish('13', :'kim', :'hanbit', :'room', 1.9, 2.5), at => '2026-11-25T01:50Z'), 'taken /start multimedia_room',
          'who would need one that is in use does not');

-- What is due in the way lapses first, with the time when it was due.
create function pg_temp.due(id text, from_h numeric, to_h numeric, status text, expires text, no_show text, with_support boolean default false) returns text
language plpgsql as $$
declare
  w fn.wish;
begin
  w := pg_temp.wish(due.id, p.id, p.firm_id, r.id, from_h, to_h) from person p, resource r where p.code = 'kim' and r.code = 'roughness';
  w.status := due.status;
  w.expires_at := expires;
  w.no_show_at := no_show;
  w.no_show_fee := 7000;
  if with_support then
    w.budgets := array(select b.id from budget b where b.fiscal_year = 2026);
    w.wanted := array_fill(100::bigint, array[cardinality(w.budgets)]);
  end if;
  return pg_temp.outcomes(w);
end $$;
select id as roughness from resource where code = 'roughness' \gset
update meter set is_active = false where resource_id = :'roughness';
select is(pg_temp.due('21', 1, 2, 'pending', '2026-11-24T12:00Z', null, true), 'ok', 'one that waits for approval');
select is(pg_temp.outcomes(pg_temp.wish('22', :'oh', :'daeya', :'roughness', 1, 2), at => '2026-11-24T11:59Z'), 'taken /start roughness', 'holds its time');
select is(pg_temp.outcomes(pg_temp.wish('22', :'oh', :'daeya', :'roughness', 1, 2), at => '2026-11-24T13:00Z'), 'ok', 'until it expires');
select is((select (status, cancelled_at, cancel_reason, fee)::text from booking where id = pg_temp.id('21')), '(cancelled,"2026-11-24 12:00:00+00",expired,0)',
          'as of then');
select is((select sum(amount) from budget_entry where booking_id = pg_temp.id('21')), 0::numeric, 'its money is free');
select is((select data -> 'freed' ->> 0 from event where object_id = pg_temp.id('21') and kind = 'booking.cancelled'),
          '{"end": "2026-11-25T02:00:00Z", "start": "2026-11-25T01:00:00Z"}', 'and its time is told of');
select is(pg_temp.due('23', 3, 5, 'confirmed', null, '2026-11-25T03:15Z'), 'ok', 'one to be missed');
select is(pg_temp.outcomes(pg_temp.wish('24', :'oh', :'daeya', :'roughness', 4, 5), at => '2026-11-25T03:14Z'), 'taken /start roughness', 'may still come');
select is(pg_temp.outcomes(pg_temp.wish('24', :'oh', :'daeya', :'roughness', 4, 5), at => '2026-11-25T03:40Z'), 'ok', 'then its time is free');
select is((select (status, missed_at, fee, fee_kind)::text from booking where id = pg_temp.id('23')), '(missed,"2026-11-25 03:15:00+00",7000,no_show)', 'it is missed');
select is(pg_temp.seats(:'roughness'), '1:22 1:00-2:00, 1:23 3:00-3:15, 1:24 4:00-5:00', 'from when it was due');
select is((select data -> 'freed' ->> 0 from event where object_id = pg_temp.id('23') and kind = 'booking.missed'),
          '{"end": "2026-11-25T05:00:00Z", "start": "2026-11-25T03:15:00Z"}', 'the rest was told of');

-- Pads: of one firm they may meet, and come back when the neighbour goes.
create function pg_temp.padded(id text, person text, from_h numeric, to_h numeric, waives boolean default true) returns text language plpgsql as $$
declare
  w fn.wish;
begin
  w := pg_temp.wish(padded.id, p.id, p.firm_id, r.id, from_h, to_h, pad_s => 900) from person p, resource r where p.code = padded.person and r.code = 'vision';
  w.waives_pads := waives;
  return pg_temp.outcomes(w);
end $$;
select is(pg_temp.padded('31', 'kim', 9, 10), 'ok', 'with set-up and tear-down');
select is(pg_temp.padded('32', 'kim', 10, 11, false), 'taken /start vision', 'the same firm next to it, without the waiver');
select is(pg_temp.padded('33', 'oh', 10, 11), 'taken /start vision', 'another firm with it');
select is(pg_temp.padded('32', 'kim', 10, 11), 'ok', 'the same firm with it');
select is(pg_temp.seats(:'vision'), '1:31 8:45-10:00, 1:32 10:00-11:15', 'pads between them are waived');
select is(pg_temp.padded('34', 'kim', 9.5, 10.5), 'taken /start vision', 'never the time itself');
select is(pg_temp.padded('35', 'kim', 11.25, 12), 'ok', 'a quarter of an hour later: whose pad is it?');
select is(pg_temp.seats(:'vision'), '1:31 8:45-10:00, 1:32 10:00-11:15, 1:35 11:15-12:15', 'the earlier one''s');
select is(pg_temp.cancel('32'), 'ok', 'the middle one goes');
select is(pg_temp.seats(:'vision'), '1:31 8:45-10:15, 1:35 11:00-12:15', 'its neighbours have their pads again');
select is((select count(*) from claim where wants is not null and live), 0::bigint, 'as they were wanted');
select is(pg_temp.padded('36', 'oh', 10.25, 11), 'taken /start vision', 'nobody else takes them');
select is(pg_temp.padded('37', 'kim', 8, 9) || pg_temp.seats(:'vision'), 'ok1:37 7:45-9:00, 1:31 9:00-10:15, 1:35 11:00-12:15', 'one before the first keeps its set-up');
select is(pg_temp.cancel('37') || pg_temp.seats(:'vision'), 'ok1:31 8:45-10:15, 1:35 11:00-12:15', 'and gives back the other''s');

-- A bundle: all or nothing; everything that is taken is told.
select is(pg_temp.outcomes(pg_temp.wish('41', :'kim', :'hanbit', :'cmm', 9, 10, array[:'operator', :'vision']::uuid[])), 'taken /with/1 vision', 'one of three is taken');
select is((select count(*) from claim where booking_id = pg_temp.id('41')), 0::bigint, 'then none is had');
select is((pg_temp.book('42', :'oh', :'daeya', :'cmm', 9, 11)).outcome, 'ok', 'another one goes');
select is(pg_temp.outcomes(pg_temp.wish('41', :'kim', :'hanbit', :'cmm', 9, 10, array[:'operator', :'vision']::uuid[])), 'taken /start cmm, taken /with/1 vision',
          'both are told');
select is(pg_temp.outcomes(pg_temp.wish('41', :'kim', :'hanbit', :'cmm', 13, 14, array[:'operator', :'vision']::uuid[])), 'ok', 'later it can be had');
select is((select count(*) from claim where booking_id = pg_temp.id('41') and live), 3::bigint, 'whole');
select is((select also from fn.booking_show((select b from booking b where b.id = pg_temp.id('41')))), array['operator', 'vision'], 'and says so');
select * from finish();
rollback;
