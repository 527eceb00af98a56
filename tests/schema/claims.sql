-- A unit is never taken twice: the exclusion constraint is the truth, also for psql.
\ir support.psql
select plan(6);
select id as seat from unit where resource_id = :'room' and ordinal = 1 \gset
select id as next_seat from unit where resource_id = :'room' and ordinal = 2 \gset
prepare claim as insert into claim (unit_id, during, live, reason, outage_id) values ($1, $2, $3, 'maintenance', gen_random_uuid());

select lives_ok(format('execute claim(%L, %L, true)', :'seat', '[2026-11-25 01:00Z,2026-11-25 02:00Z)'), 'a free span is taken');
select throws_ok(format('execute claim(%L, %L, true)', :'seat', '[2026-11-25 01:59Z,2026-11-25 03:00Z)'), '23P01', null,
                 'a span that overlaps by a minute is refused');
select lives_ok(format('execute claim(%L, %L, true)', :'seat', '[2026-11-25 02:00Z,2026-11-25 03:00Z)'), 'spans that touch do not overlap');
select lives_ok(format('execute claim(%L, %L, false)', :'seat', '[2026-11-25 01:00Z,2026-11-25 02:00Z)'), 'a claim that is over does not count');
select lives_ok(format('execute claim(%L, %L, true)', :'next_seat', '[2026-11-25 01:00Z,2026-11-25 02:00Z)'), 'another unit is free');
select throws_ok(format('insert into claim (unit_id, during) values (%L, %L)', :'seat', '[2026-11-26 01:00Z,2026-11-26 02:00Z)'),
                 '23514', null, 'a claim of a booking names it');
select * from finish();
rollback;
