-- May a claim be given another unit of its resource? Of a booking that has not begun, with all its pads, inside the window.
create function fn.claim_is_movable(c claim, reach tstzrange, at timestamptz) returns boolean
language sql stable as $$
  select c.wants is null and c.during <@ reach
    and exists (select from booking b where b.id = c.booking_id and b.status in ('offered', 'pending', 'confirmed')
                                        and b.checked_in_at is null and b.starts_at > at)
$$;
