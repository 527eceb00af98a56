-- Every quota that a wish would exceed: quota_count or quota_time, at /quota/<code>, with the limit and what it would be in the
-- period where that is most. Of those with one holder, measure and period, the one that names the resource comes before that of
-- its kind, and that before the site's; for each of the booking's resources.
create function fn.quota_judge(at timestamptz, w fn.wish, zone text, changed uuid) returns fn.violation[]
language plpgsql stable as $$
declare
  q quota;
  would_be bigint;
  faults fn.violation[] := '{}';
begin
  for q in
    select k.* from quota k
      where k.id in (
        select n.id
          from (select c.id, rank() over (
                    partition by r.id, c.holder, case c.holder when 'group' then c.group_code end, c.period, c.most_s is null
                    order by c.resource_id is null, c.kind is null) as place
                  from quota c
                    cross join unnest(w.also || w.resource) x (id)
                    -- Offset 0: looked up one by one, where a join would read all resources.
                    join lateral (select * from resource o where o.id = x.id offset 0) r
                      on (c.resource_id is null or c.resource_id = r.id) and (c.kind is null or c.kind = r.kind)
                  where c.id = any (w.quotas)) n
          where n.place = 1)
      order by k.code
  loop
    would_be := fn.quota_exceeded(q, at, w, zone, changed);
    if would_be is not null then
      faults := faults || row(case when q.most_s is null then 'quota_count' else 'quota_time' end, '/quota/' || q.code,
                              coalesce(q.most_count, q.most_s), would_be)::fn.violation;
    end if;
  end loop;
  return faults;
end $$;
