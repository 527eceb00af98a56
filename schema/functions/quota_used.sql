-- What a quota counts of the bookings that are counted together with those of this firm and person, in a span of time: how many
-- have time that counts, and how much. Not what is cancelled, or has expired although nobody has come to it yet; of `ahead` not
-- what is over at `at`. Missed ones count. `changed` is left out.
-- Four branches, of which one runs, or two, each along an index of its own.
create function fn.quota_used(q quota, at timestamptz, firm uuid, person uuid, zone text, from_at timestamptz, to_at timestamptz,
                              changed uuid, out count bigint, out seconds bigint)
language plpgsql stable as $$
declare
  since timestamptz := case q.period when 'ahead' then at else from_at end;
  is_own boolean := q.holder in ('person', 'firm');
  is_plain boolean := q.weekdays is null and q.off_from_min is null;
begin
  select count(*) filter (where t.s > 0), coalesce(sum(t.s), 0) into quota_used.count, seconds
    from (
        select * from fn.bookings_of_firm(firm, since, to_at) where is_own
        union all
        select * from fn.bookings_of_resource(q.resource_id, since, to_at) where not is_own and q.resource_id is not null
        union all
        select * from booking where not is_own and also <> '{}' and also @> array[q.resource_id] and resource_id <> q.resource_id
          and starts_at < to_at and ends_at > since
        union all
        select * from fn.bookings_of_all(since, to_at) where not is_own and q.resource_id is null) b
      join resource r on r.id = b.resource_id
      cross join lateral (
        select case when is_plain then extract(epoch from least(b.ends_at, to_at) - greatest(b.starts_at, from_at))::bigint
                    else fn.quota_time(q, zone, greatest(b.starts_at, from_at), least(b.ends_at, to_at)) end as s) t
    where b.status <> 'cancelled' and b.id is distinct from changed
      and (q.holder <> 'person' or b.person_id = person)
      and not (b.status in ('offered', 'pending') and b.expires_at <= at)
      and not (q.period = 'ahead' and b.status = 'finished')
      and r.site_id = q.site_id
      and (q.resource_id is null or b.resource_id = q.resource_id or b.also @> array[q.resource_id])
      and (q.kind is null or r.kind = q.kind or exists (select from resource o where o.id = any (b.also) and o.kind = q.kind))
      and (q.holder <> 'group'
           or exists (select from firm_group g where g.firm_id = b.firm_id and g.group_code = q.group_code
                                                 and g.valid @> (b.starts_at at time zone zone)::date));
end $$;
