-- One usage: no row when there is none in scope.
-- role: api
-- $1 uuid: usage
select u.id, u.version, u.session_id as session, u.booking_id as booking, f.code as firm, r.code as resource,
    lower(u.reserved) as reserved_start, upper(u.reserved) as reserved_end, lower(u.logged) as logged_start,
    upper(u.logged) as logged_end, u.metered_from as metered_start, u.metered_to as metered_end, u.metered_s,
    u.unobserved_s, div(u.energy_mwh + 500, 1000)::bigint as energy_wh, u.charge_basis, u.billable_s,
    fn.quality_names(u.quality) as quality, u.status, u.held_reason, u.service_day,
    u.kind, u.fee, b.fee as agreed_fee, u.resold_s, d.status as dispute,
    fn.review_until(u.resource_id, u.made_at) as review_until
  from usage u
    join firm f on f.id = u.firm_id
    join resource r on r.id = u.resource_id
    left join booking b on b.id = u.booking_id and u.kind <> 'use'
    left join usage_dispute d on d.usage_id = u.id
  where u.id = $1::uuid;
