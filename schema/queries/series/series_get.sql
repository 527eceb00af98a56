-- One series with its bookings. Columns of fn.series_reply without the first four.
-- role: api
-- $1 uuid: series
select r.id, r.version, r.firm, r.resource, r.person_id, r.created_by, r.rrule, r."start", r.duration_s, r.on_conflict, r.made,
    r.price, r.support, r.currency, r.skipped, r.created_at, r.bookings
  from booking_series s, fn.series_show(s) r
  where s.id = $1::uuid;
