-- Booking rules, dated, by resource. valid_from and valid_to are instants, null without end; no booking is longer than
-- 31 days, whatever max_s says.
-- role: api, meter, jobs
select b.resource_id, lower(b.valid)::timestamp at time zone s.zone as valid_from,
    upper(b.valid)::timestamp at time zone s.zone as valid_to,
    b.min_s, least(b.max_s, 2678400) as max_s, b.grid_s, b.notice_s, b.horizon_s, b.pad_before_s, b.pad_after_s,
    b.waives_pads, b.gap_s, b.lock_s, b.needs_qualification, b.unused_limit_s, b.never_used_limit_s, b.reminder_s,
    b.cancel_free_s, b.cancel_fee, b.cancel_share_num, b.cancel_share_den, b.credits_resale, b.check_in_s, b.no_show_s,
    b.no_show_fee, b.no_show_share_num, b.no_show_share_den, b.approvals, b.approval_expiry_s, b.regions, b.industries,
    b.groups, b.head_count_max, b.holiday_groups, b.configurations, b.takes_waitlist
  from booking_rule b
    join resource r on r.id = b.resource_id
    join site s on s.id = r.site_id
  order by b.resource_id, lower(b.valid) nulls first;
