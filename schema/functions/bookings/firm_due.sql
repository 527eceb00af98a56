-- Keys of a firm's bookings that time has made missed, or otherwise changed, and nobody has come to yet: fn.firm_lapse lapses
-- them.
create function fn.firm_due(firm uuid, at timestamptz) returns bigint[]
language plpgsql stable as $$
declare
  due uuid;
  keys bigint[] := '{}';
begin
  for due in select b.id from booking b where b.due_at <= at and b.firm_id = firm_due.firm loop
    keys := keys || fn.booking_touches(due);
  end loop;
  return keys;
end $$;
