-- Does a quota count a booking of its holder? Not what is cancelled, or has expired although nobody has come to it yet; of
-- `ahead` not what is over; and only what it is for.
create function fn.quota_counts(q quota, b booking, at timestamptz, zone text) returns boolean
language plpgsql stable as $$
begin
  return b.status <> 'cancelled'
    and not (b.status in ('offered', 'pending') and b.expires_at <= at)
    and not (q.period = 'ahead' and (b.ends_at <= at or b.status = 'finished'))
    and (q.resource_id is null or q.resource_id = b.resource_id or q.resource_id = any (b.also))
    and exists (select from resource r
                  where (r.id = b.resource_id or r.id = any (b.also)) and r.site_id = q.site_id and (q.kind is null or r.kind = q.kind))
    and (q.holder <> 'group'
         or exists (select from firm_group g where g.firm_id = b.firm_id and g.group_code = q.group_code
                                               and g.valid @> (b.starts_at at time zone zone)::date));
end $$;
