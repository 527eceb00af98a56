-- Booking rules, dated, by resource. valid_from and valid_to are instants, null without end; max_s 0: none.
-- role: api, meter, jobs
select b.resource_id, lower(b.valid)::timestamp at time zone s.zone as valid_from,
    upper(b.valid)::timestamp at time zone s.zone as valid_to,
    b.min_s, coalesce(b.max_s, 0) as max_s, b.grid_s, b.notice_s, b.horizon_s, b.pad_before_s, b.pad_after_s,
    b.cancel_free_s, b.needs_qualification
  from booking_rule b
    join resource r on r.id = b.resource_id
    join site s on s.id = r.site_id
  order by b.resource_id, lower(b.valid) nulls first;
