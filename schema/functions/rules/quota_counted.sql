-- What a quota counts of one booking in a span of time: the seconds that count, or no row when it does not count at all.
-- Not what is cancelled, or has expired although nobody has come to it yet; of `ahead` not what is over at `at`. Missed ones
-- count.
-- PostgreSQL writes the body in its place: nothing is called a row.
create function fn.quota_counted(q quota, b booking, at timestamptz, zone text, from_at timestamptz, to_at timestamptz)
returns table (seconds bigint)
language sql stable as $$
  select case when q.weekdays is null and q.off_from_min is null
              then extract(epoch from least(b.ends_at, to_at) - greatest(b.starts_at, from_at))::bigint
              else fn.quota_time(q, zone, greatest(b.starts_at, from_at), least(b.ends_at, to_at)) end
    where q.site_id = (select r.site_id from resource r where r.id = b.resource_id)
      and (q.kind is null or q.kind = (select r.kind from resource r where r.id = b.resource_id)
           or b.also <> '{}' and exists (select from resource o where o.id = any (b.also) and o.kind = q.kind))
      and (q.resource_id is null or b.resource_id = q.resource_id or b.also @> array[q.resource_id])
      and b.status <> 'cancelled'
      and not (b.status in ('offered', 'pending') and b.expires_at <= at)
      and not (q.period = 'ahead' and b.status = 'finished')
      and (q.holder <> 'group'
           or exists (select from firm_group g where g.firm_id = b.firm_id and g.group_code = q.group_code
                                                 and g.valid @> (b.starts_at at time zone zone)::date))
$$;
