-- Keys of a firm's bookings that time has made missed, or otherwise changed, and nobody has come to yet: fn.strikes_judge lapses
-- them.
create function fn.strikes_due(firm uuid, at timestamptz) returns bigint[]
language sql stable as $$
  select coalesce(array_agg(k), '{}')
    from booking b cross join lateral unnest(fn.booking_touches(b.id)) k
    where b.due_at <= at and b.firm_id = strikes_due.firm
$$;
