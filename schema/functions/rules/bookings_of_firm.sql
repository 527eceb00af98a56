-- A firm's bookings that overlap a span of time. How long a booking may be bounds how far back one has to
-- look; there are few that last longer than a day, and they have an index of their own. PostgreSQL writes this into the statement
-- that calls it.
create function fn.bookings_of_firm(firm uuid, from_at timestamptz, to_at timestamptz) returns setof booking
language sql stable as $$
  select b.* from booking b
    where b.firm_id = bookings_of_firm.firm and b.starts_at > from_at - interval '1 day' and b.starts_at < to_at and b.ends_at > from_at
  union all
  select b.* from booking b
    where b.firm_id = bookings_of_firm.firm and b.starts_at > from_at - interval '31 days' and b.starts_at <= from_at - interval '1 day'
      and b.ends_at > from_at and b.ends_at - b.starts_at > interval '1 day'
$$;
