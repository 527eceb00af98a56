-- --dev only: sets the clock of every process. Columns as dev_clock_get.
-- role: api
-- $1 bigint: real time, us since 1970; $2 timestamptz: what the clock shows then; $3 bigint: how fast it runs
insert into dev_clock (real_us, shown_us, rate)
  values ($1::bigint, (extract(epoch from $2::timestamptz) * 1000000)::bigint, $3::bigint::integer)
  on conflict (singleton) do update set real_us = excluded.real_us, shown_us = excluded.shown_us, rate = excluded.rate
  returning timestamptz '1970-01-01 00:00:00+00' + shown_us * interval '1 microsecond' as now, rate, real_us;
