-- Firms with usage to be billed at a site: of the month, or of before and not billed yet; none that is disputed.
-- role: jobs
-- $1 uuid: site; $2 date: first day of the month; $3 uuid: only this firm, or null
select distinct u.firm_id
  from usage u join resource r on r.id = u.resource_id
  where r.site_id = $1::uuid and u.status = 'ready' and u.service_day < ($2::date + interval '1 month')::date
    and ($3::uuid is null or u.firm_id = $3::uuid)
    and not exists (select from usage_dispute d where d.usage_id = u.id and d.status = 'open')
  order by u.firm_id;
