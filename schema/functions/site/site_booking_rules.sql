-- The booking rules of a site file with defaults, for resources that are stored; without ids.
create function fn.site_booking_rules(doc jsonb) returns setof booking_rule
language sql stable as $$
  select w.*
    from fn.doc_dated(doc, 'booking_rules', 'resource') d
      join resource r on r.code = d.item ->> 'resource'
      cross join jsonb_populate_record(null::booking_rule, '{
          "min_s": 0, "grid_s": 60, "notice_s": 0, "horizon_s": 7776000, "pad_before_s": 0, "pad_after_s": 0,
          "waives_pads": false, "gap_s": 0, "lock_s": 0, "needs_qualification": false, "cancel_free_s": 0,
          "cancel_fee": 0, "cancel_share_num": 0, "cancel_share_den": 100, "credits_resale": true, "no_show_fee": 0,
          "no_show_share_num": 0, "no_show_share_den": 100, "approvals": [], "approval_expiry_s": 172800,
          "holiday_groups": [], "takes_waitlist": true}'
        || jsonb_strip_nulls(d.item) || jsonb_build_object('resource_id', r.id, 'valid', d.valid)) w
$$;
