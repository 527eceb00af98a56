-- Outages: all units or none, over bookings by force, over and under one another; series all or nothing; feeds by their secret.
\ir support.psql
select plan(38);
select set_config('test.technician', :'technician', true) \gset ignored_
select set_config('test.site', :'site', true) \gset ignored_
select count(*) as room_units from unit where resource_id = :'room' \gset

-- Spans as texts: hours of 2026-11-25 UTC.
create function pg_temp.hour(h numeric) returns timestamptz language sql
return '2026-11-25T00:00Z'::timestamptz + h * interval '1 hour';
create function pg_temp.outage(ids text[], resource uuid, spans numeric[], force boolean default false, at_h numeric default -24,
                               key text default null, most bigint default 1500) returns text
language sql as $$
  select string_agg(concat_ws(' ', outcome, pointer, actual_value, case when outcome = 'ok' then jsonb_array_length(outages) end), ', ')
    from fn.outage_create(current_setting('test.technician')::uuid, key, 'a', pg_temp.hour(at_h),
      array(select pg_temp.id(i) from unnest(ids) with ordinality o (i, n) order by n), current_setting('test.site')::uuid, resource,
      'maintenance', 'Oil', array(select pg_temp.hour(spans[i]) from generate_series(1, cardinality(spans), 2) i),
      array(select pg_temp.hour(spans[i + 1]) from generate_series(1, cardinality(spans), 2) i), force, null, most)
$$;
create function pg_temp.finish(id text, version integer, at_h numeric, ends_h numeric default null, following boolean default false)
returns text language sql as $$
  select concat_ws(' ', outcome, pointer)
    from fn.outage_end(current_setting('test.technician')::uuid, null, 'a', pg_temp.hour(at_h), pg_temp.id(id), version,
                       pg_temp.hour(ends_h), following)
$$;
-- What outages have of a resource, units together: hours of that day.
create function pg_temp.taken(resource uuid) returns text language sql as $$
  select string_agg(distinct format('%s-%s', trim_scale(extract(epoch from lower(c.during) - pg_temp.hour(0)) / 3600),
                                    trim_scale(extract(epoch from upper(c.during) - pg_temp.hour(0)) / 3600)), ' ')
    from claim c join unit u on u.id = c.unit_id where u.resource_id = resource and c.live and c.outage_id is not null
$$;

-- Units
select is(pg_temp.outage('{101}', :'room', '{10,12}'), 'ok 1', 'an outage');
select is((select count(*) from claim where outage_id = pg_temp.id('101') and live), :room_units::bigint, 'takes every unit');
select is((pg_temp.book('1', :'kim', :'hanbit', :'room', 11, 13)).outcome, 'taken', 'nobody books into it');
select is((pg_temp.book('1', :'kim', :'hanbit', :'room', 12, 13)).outcome, 'ok', 'but after it');
select is(pg_temp.outage('{102}', :'room', '{9,9.5,12.5,14}'), 'taken /start ' || pg_temp.id('1'), 'one in the way refuses all');
select is((select count(*) from outage where id = pg_temp.id('102')), 0::bigint, 'and leaves nothing');
select is(pg_temp.outage('{102}', :'room', '{9,10}', most => 0), 'too_large /end 1', 'resources times days are bounded');
select is(pg_temp.outage('{103,104}', :'room', '{14,16,15,17}'), 'ok 2', 'those of one series may lie over one another');
select is(pg_temp.taken(:'room'), '10-12 14-16 16-17', 'each takes what the others have not');

-- Bundles: what has no units of its own is made of its parts
insert into resource (id, site_id, code, kind, name) values (pg_temp.id('200'), :'site', 'cell', 'instrument', 'Cell');
insert into resource_part (resource_id, part_id, ordinal) values (pg_temp.id('200'), :'cmm', 1), (pg_temp.id('200'), :'vision', 2);
select is(pg_temp.outage('{105}', pg_temp.id('200'), '{10,12}'), 'ok 1', 'an outage of a bundle');
select is(pg_temp.taken(:'cmm') || ' ' || pg_temp.taken(:'vision'), '10-12 10-12', 'takes its parts');
insert into resource (id, site_id, code, kind, name) values (pg_temp.id('201'), :'site', 'nothing', 'instrument', 'Nothing');
select is(pg_temp.outage('{106}', pg_temp.id('201'), '{10,12}'), 'not_bookable /resource', 'nothing can be taken of what has neither');

-- Force
select is((pg_temp.book('2', :'kim', :'hanbit', :'cmm', 20, 21, budgets => :'budgets'::uuid[], wanted => '{100,20,50}')).outcome, 'ok', 'a booking with holds');
select is(pg_temp.outage('{107}', :'cmm', '{19,22}', true), 'ok 1', 'goes by force');
select is((select (status, fee, cancel_reason, cancelled_by = :'technician')::text from booking where id = pg_temp.id('2')), '(cancelled,0,Oil,t)', 'free of charge, with the title as its reason');
select is((select sum(amount) from budget_entry where booking_id = pg_temp.id('2')), 0::numeric, 'its holds are given back');
select is((select (kind, person_id = :'technician')::text from booking_history where booking_id = pg_temp.id('2')), '(cancelled,t)', 'its history says who');
select is((select count(*) from event where object_id = pg_temp.id('2') and kind = 'booking.cancelled' and firm_id = :'hanbit'), 1::bigint, 'its firm is told');
update booking set status = 'started' where id = pg_temp.id('1');
select is(pg_temp.outage('{108}', :'room', '{12,14}', true), 'conflict /start ' || pg_temp.id('1'), 'one that has started stays');
update booking set status = 'finished' where id = pg_temp.id('1');
select is(pg_temp.outage('{108}', :'room', '{11,13.5}', at_h => 12.5), 'ok 1', 'one that is over is in nobody''s way');
select is(pg_temp.taken(:'room'), '10-12 12.5-13.5 13-13.5 14-16 16-17', 'its tear-down is left to it');

-- The end
select is(pg_temp.finish('103', 1, 14.5, 15.5), 'ok', 'an outage ends early');
select is(pg_temp.taken(:'room'), '10-12 12.5-13.5 13-13.5 14-15.5 15.5-16 16-17', 'the one under it takes over');
select is(pg_temp.finish('103', 2, 14.6), 'already_finished', 'once');
select is(pg_temp.finish('104', 9, 15), 'stale_version', 'as it is known');
select is(pg_temp.finish('104', 1, 16, 15.9), 'in_the_past /at', 'not in the past');
select is(pg_temp.finish('104', 1, 15, 17), 'too_large /at', 'before its end');
select is(pg_temp.finish('104', 1, 18), 'already_finished', 'not when it is over');
select is(pg_temp.finish('999', 1, 15), 'not_found', 'one that there is');
select set_config('labtab.firm', :'hanbit', true) \gset ignored_
select throws_ok(format('select fn.outage_claims_release(%L, now())', pg_temp.id('101')), '42501', null, 'a firm''s scope releases nothing');
select throws_ok(format('select fn.booking_displace(%L, now(), %L, ''x'')', :'kim', pg_temp.id('1')), '42501', null, 'and displaces nobody');
select set_config('labtab.firm', '*', true) \gset ignored_

-- Series: one in the way leaves nothing, claims neither
select count(*) as claims from claim \gset
create function pg_temp.series(series text, hours numeric[], on_conflict text) returns text language sql as $$
  select string_agg(concat_ws(' ', r.outcome, r.pointer, case when r.outcome = 'ok' then r.made || ' ' || jsonb_array_length(r.skipped) end), ', ')
    from firm f, person p, resource o,
      fn.series_create(p.id, null, 'a', '2026-11-24T00:00Z', (select version from catalogue), false,
        row(pg_temp.id(series), f.id, o.id, p.id, p.id, 'FREQ=DAILY', '2026-11-25T09:00', 3600, on_conflict, 0, '[]', '2026-11-24T00:00Z', 1)::booking_series,
        array(select pg_temp.wish((series::integer + n)::text, p.id, f.id, o.id, hours[n], hours[n] + 1) from generate_series(1, cardinality(hours)) n),
        array(select n - 1 from generate_series(1, cardinality(hours)::bigint) n)) r
    where f.code = 'hanbit' and p.code = 'kim' and o.code = 'cmm'
$$;
select is(pg_temp.series('300', '{1,11,3,20}', 'refuse'), 'taken /instances/1/start, taken /instances/3/start', 'a series that is in the way of outages');
select is((select (select count(*) from claim) - :claims + (select count(*) from booking_series)), 0::bigint, 'leaves nothing');
select is(pg_temp.series('310', '{1,11,3,20}', 'skip'), 'ok 2 2', 'or skips');
select is((select array_agg(starts_at order by starts_at) from booking where id in (pg_temp.id('311'), pg_temp.id('312'), pg_temp.id('313'), pg_temp.id('314'))), array[pg_temp.hour(1), pg_temp.hour(3)], 'what can''t be had');

-- Feeds: who made it has to be there still
insert into feed (id, firm_id, kind, object_id, hash, label, created_by, created_at)
  values (pg_temp.id('401'), :'hanbit', 'firm', :'hanbit', sha256('s'), 'a', :'kim', '2026-11-24T00:00Z');
select is((fn.feed_find(sha256('s'))).id, pg_temp.id('401'), 'a feed is found by its secret');
select is((select count(*) from fn.feed_read(sha256('s'), '2026-11-24T00:00Z', 3)), 3::bigint, 'so many events at most');
select set_config('labtab.firm', '*', true) \gset ignored_
update person set is_active = false where id = :'kim';
select is((fn.feed_find(sha256('s'))).id, null, 'but not when who made it has gone');
select finish();
rollback;
