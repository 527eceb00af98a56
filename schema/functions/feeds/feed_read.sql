-- The events of the feed with that secret, seen as who made it sees them: from 90 days before `at` to 400 days after it, by
-- start; when they are more than `most`, the latest. The feed's own name and zone are in each row; a feed without events
-- is one row, of which the rest is null. No row: there is no such feed (any more).
create function fn.feed_read(hash bytea, at timestamptz, most bigint)
returns table (name text, zone text, uid text, version bigint, changed_at timestamptz, "start" timestamptz, "end" timestamptz,
               status text, summary text, description text, location text, category text)
language plpgsql volatile as $$
#variable_conflict use_column
declare
  f feed;
  from_at timestamptz := feed_read.at - interval '90 days';
  to_at timestamptz := feed_read.at + interval '400 days';
begin
  f := fn.feed_find(feed_read.hash);
  if f.id is null then
    return;
  end if;
  perform set_config('labtab.firm', coalesce(f.firm_id::text, '*'), true);
  return query
    select f.label, s.zone, e.*
      from (select z.zone from site z left join resource r on r.site_id = z.id and r.id = f.object_id
              order by r.id is null, z.code limit 1) s
        left join lateral (
          select l.*
            from (select e.* from fn.feed_of_resource(f, from_at, to_at) e where f.kind = 'resource'
                  union all
                  select e.* from fn.feed_of_person(f, from_at, to_at) e where f.kind = 'person'
                  union all
                  select e.* from booking b, fn.feed_booking(b) e
                    where f.kind = 'firm' and b.firm_id = f.object_id and b.starts_at >= from_at and b.starts_at < to_at) l
            order by l."start" desc, l.uid limit feed_read.most) e on true
      order by e."start", e.uid;
end $$;
