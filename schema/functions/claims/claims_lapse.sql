-- Applies time to the bookings that have a unit of a resource during a span. For the owner's functions.
create function fn.claims_lapse(at timestamptz, resource uuid, span tstzrange) returns void
language plpgsql volatile as $$
declare
  due uuid;
begin
  for due in
    select distinct b.id
      from unit u
        join claim c on c.unit_id = u.id and c.live and c.during && span
        join booking b on b.id = c.booking_id
      where u.resource_id = claims_lapse.resource and b.due_at <= at
      order by b.id
  loop
    perform fn.booking_lapse(due, at);
  end loop;
end $$;
