-- Quotas by site and code. valid_from and valid_to are instants, null without end; weekdays: bit 0 is Monday.
-- role: api, meter, jobs
select q.id, q.site_id, q.code, lower(q.valid)::timestamp at time zone s.zone as valid_from,
    upper(q.valid)::timestamp at time zone s.zone as valid_to, q.holder, q.group_code, q.resource_id, q.kind, q.period,
    coalesce((select bit_or(1 << (w - 1)) from unnest(q.weekdays) w), 127) as weekdays, q.most_count, q.most_s
  from quota q join site s on s.id = q.site_id
  order by q.site_id, q.code;
