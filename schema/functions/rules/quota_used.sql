-- What a quota counts of the bookings that are counted together with those of this firm and person, in a span of time: how
-- many have time that counts, and how much. `changed` is left out. A statement for each way to find them, along an index of
-- its own: one for all would begin every way each time.
create function fn.quota_used(q quota, at timestamptz, firm uuid, person uuid, zone text, from_at timestamptz, to_at timestamptz,
                              changed uuid, out count bigint, out seconds bigint)
language plpgsql stable as $$
declare
  since timestamptz := case q.period when 'ahead' then at else from_at end;
begin
  if q.holder in ('person', 'firm') then
    select count(*) filter (where c.seconds > 0), coalesce(sum(c.seconds), 0) into quota_used.count, quota_used.seconds
      from fn.bookings_of_firm(firm, since, to_at) b cross join lateral fn.quota_counted(q, b, at, zone, from_at, to_at) c
      where b.id is distinct from changed and (q.holder = 'firm' or b.person_id = person);
  elsif q.resource_id is not null then
    select count(*) filter (where c.seconds > 0), coalesce(sum(c.seconds), 0) into quota_used.count, quota_used.seconds
      from (select * from fn.bookings_of_resource(q.resource_id, since, to_at)
            union all
            select * from booking where also <> '{}' and also @> array[q.resource_id] and resource_id <> q.resource_id
              and starts_at < to_at and ends_at > since) b
        cross join lateral fn.quota_counted(q, b, at, zone, from_at, to_at) c
      where b.id is distinct from changed;
  else
    select count(*) filter (where c.seconds > 0), coalesce(sum(c.seconds), 0) into quota_used.count, quota_used.seconds
      from fn.bookings_of_all(since, to_at) b cross join lateral fn.quota_counted(q, b, at, zone, from_at, to_at) c
      where b.id is distinct from changed;
  end if;
end $$;
