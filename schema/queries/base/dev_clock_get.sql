-- --dev only: the clock that every process follows; no row: the system's.
-- role: api, meter, jobs
select timestamptz '1970-01-01 00:00:00+00' + shown_us * interval '1 microsecond' as now, rate, real_us
  from dev_clock;
