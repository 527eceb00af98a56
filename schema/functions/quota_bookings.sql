-- The bookings that a quota counts together with those of this firm and person, in a span of time; 'ahead': those that have not
-- ended at `at`. Cancelled ones never count, missed ones do. The length of a booking bounds how far back one has to look, along
-- the index that the holder's bookings have.
create function fn.quota_bookings(q quota, at timestamptz, firm uuid, person uuid, zone text, from_at timestamptz, to_at timestamptz,
                                  changed uuid)
returns table (starts_at timestamptz, ends_at timestamptz)
language plpgsql stable as $$
#variable_conflict use_column
declare
  first_start timestamptz := case q.period when 'ahead' then at else from_at end - interval '31 days';
  b booking;
begin
  if q.holder in ('person', 'firm') then
    return query
      select b.starts_at, b.ends_at from booking b
        where b.firm_id = firm and b.starts_at > first_start and b.starts_at < to_at and b.ends_at > from_at
          and (q.holder = 'firm' or b.person_id = person)
          and b.id is distinct from changed and fn.quota_counts(q, b, at, zone);
  elsif q.resource_id is not null then
    return query
      select b.starts_at, b.ends_at from booking b
        where b.resource_id = q.resource_id and b.starts_at > first_start and b.starts_at < to_at and b.ends_at > from_at
          and b.id is distinct from changed and fn.quota_counts(q, b, at, zone)
      union all
      select b.starts_at, b.ends_at from booking b
        where b.also <> '{}' and b.also @> array[q.resource_id] and b.resource_id <> q.resource_id
          and b.starts_at > first_start and b.starts_at < to_at and b.ends_at > from_at
          and b.id is distinct from changed and fn.quota_counts(q, b, at, zone);
  else
    return query
      select b.starts_at, b.ends_at from booking b
        where b.starts_at > first_start and b.starts_at < to_at and b.ends_at > from_at
          and b.id is distinct from changed and fn.quota_counts(q, b, at, zone);
  end if;
end $$;
