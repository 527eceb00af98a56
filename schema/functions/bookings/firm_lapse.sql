-- Applies time to a firm's bookings, for rules that ask what became of them. For the owner's functions.
create function fn.firm_lapse(firm uuid, at timestamptz) returns void
language sql volatile as $$
  select fn.booking_lapse(b.id, at) from booking b where b.due_at <= at and b.firm_id = firm order by b.due_at, b.id
$$;
