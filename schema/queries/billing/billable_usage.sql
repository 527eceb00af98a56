-- A firm's usage to be billed at a site, by start: of the month, or of before and not billed yet; none that is disputed.
-- run_from and run_to are the parts of the runs that lie in the session; fiscal_year is the one of the service day. fee,
-- agreed_fee, resold_s and since (see lib/billing/absence.h) are of an absence, null for a use. was_s and was_fee: before a
-- dispute was upheld, null when none was.
-- role: jobs
-- $1 uuid: site; $2 date: first day of the month; $3 uuid: firm
select u.id, u.booking_id, u.session_id, u.resource_id, r.code as resource, lower(u.reserved) as reserved_from,
    upper(u.reserved) as reserved_to, lower(u.logged) as logged_from, upper(u.logged) as logged_to, u.metered_from,
    u.metered_to, u.metered_s, u.unobserved_s, u.billable_s, u.charge_basis, u.quality, u.service_day,
    (extract(year from u.service_day) - (extract(month from u.service_day) < s.fiscal_start_month)::integer)::smallint
      as fiscal_year,
    e.run_from, e.run_to, u.kind, u.fee, b.fee as agreed_fee, u.resold_s, coalesce(b.missed_at, b.free_until) as since,
    u.version, (d.was ->> 'billable_s')::bigint as was_s, (d.was ->> 'fee')::bigint as was_fee
  from usage u
    join resource r on r.id = u.resource_id
    join site s on s.id = r.site_id
    left join usage_dispute d on d.usage_id = u.id and d.status <> 'denied'
    left join booking b on b.id = u.booking_id and u.kind <> 'use'
    cross join lateral (
      select coalesce(array_agg(us.from_at order by us.from_at), '{}') as run_from,
          coalesce(array_agg(us.to_at order by us.from_at), '{}') as run_to
        from usage_span us join span sp on sp.id = us.span_id
        where us.usage_id = u.id and sp.state = 'run') e
  where r.site_id = $1::uuid and u.firm_id = $3::uuid and u.status = 'ready' and u.service_day < ($2::date + interval '1 month')::date
    and d.status is distinct from 'open'
  order by coalesce(lower(u.logged), lower(u.reserved)), u.id;
