-- Frees a unit of a resource for a span by seating bookings that have not begun on other units; returns it, or null when that
-- can't be done. Each unit is tried in turn, the others find their seats by fn.claims_seating. What has begun, what is no
-- booking, and what reaches out of the window stays. For the owner's functions.
create function fn.claims_reseat(at timestamptz, resource uuid, span tstzrange) returns uuid
language plpgsql volatile as $$
declare
  reach tstzrange := fn.claims_window(resource, span);
  seats uuid[] := array(select u.id from unit u where u.resource_id = resource order by u.ordinal);
  busy tstzmultirange[];
  guest record;
  tried tstzmultirange[];
  seating integer[];
begin
  -- The window may have grown since its locks were asked for.
  if cardinality(seats) < 2 or not fn.lock(fn.lock_days(resource, lower(reach), upper(reach)), resource) then
    return null;
  end if;
  busy := array(
    select coalesce(range_agg(c.during) filter (where not fn.claim_is_movable(c, reach, at)), '{}')
      from unnest(seats) with ordinality u (id, n)
        left join claim c on c.unit_id = u.id and c.live and c.during && reach
      group by u.n order by u.n);
  select coalesce(array_agg(c.id order by c.during, c.id), '{}') as ids, coalesce(array_agg(c.during order by c.during, c.id), '{}') as spans,
      coalesce(array_agg(array_position(seats, c.unit_id) order by c.during, c.id), '{}') as places
    into guest
    from claim c where c.unit_id = any (seats) and c.live and c.during && reach and fn.claim_is_movable(c, reach, at);
  for seat in 1 .. cardinality(seats) loop
    continue when busy[seat] && span;
    tried := busy;
    tried[seat] := tried[seat] + tstzmultirange(span);
    seating := fn.claims_seating(tried, guest.spans, guest.places);
    continue when seating is null;
    -- All rise before anybody sits down: the constraint looks at every row.
    update claim c set live = false
      from unnest(guest.ids, seating) m (id, seat) where c.id = m.id and c.unit_id <> seats[m.seat];
    update claim c set live = true, unit_id = seats[m.seat]
      from unnest(guest.ids, seating) m (id, seat) where c.id = m.id and not c.live;
    return seats[seat];
  end loop;
  return null;
end $$;
