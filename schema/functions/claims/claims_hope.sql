-- May a unit of a resource become free for a span? When a booking that has one is due to lapse, or when others can be seated
-- elsewhere since fewer units than there are have claims at every instant, those of the booking `whose` aside. `locks`: of what
-- that would touch.
create function fn.claims_hope(at timestamptz, resource uuid, span tstzrange, whose uuid, out is_there boolean, out locks bigint[])
language plpgsql stable as $$
declare
  shuffled tstzrange;
begin
  select coalesce(array_agg(k), '{}') into locks
    from (select distinct b.id
            from unit u
              join claim c on c.unit_id = u.id and c.live and c.during && span
              join booking b on b.id = c.booking_id
            where u.resource_id = resource and b.due_at <= at) d
      cross join lateral unnest(fn.booking_touches(d.id)) k;
  is_there := locks <> '{}';
  if fn.claims_most(resource, span, whose) < (select count(*) from unit u where u.resource_id = claims_hope.resource) then
    is_there := true;
    shuffled := fn.claims_window(resource, span);
    locks := locks || fn.lock_days(resource, lower(shuffled), upper(shuffled));
  end if;
end $$;
