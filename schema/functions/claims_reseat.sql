-- Frees a unit of a resource for a span by seating bookings that have not begun on other units; returns it, or null when that
-- can't be done. Greedy by start, everybody stays where they are if they can, else goes where the gap before is shortest. What
-- has begun, what is no booking, and what reaches out of the window stays. For the owner's functions.
create function fn.claims_reseat(at timestamptz, resource uuid, span tstzrange) returns uuid
language plpgsql volatile as $$
declare
  seats uuid[] := array(select u.id from unit u where u.resource_id = resource order by u.ordinal);
  reach tstzrange := fn.claims_window(resource, span);
  busy tstzmultirange[];
  guest record;
  seat integer;
  freed uuid;
  moved bigint[] := '{}';
  moved_to uuid[] := '{}';
begin
  if cardinality(seats) < 2 then
    return null;
  end if;
  busy := array(
    select coalesce(range_agg(c.during) filter (where not fn.claim_is_movable(c, reach, at)), '{}')
      from unnest(seats) with ordinality u (id, n)
        left join claim c on c.unit_id = u.id and c.live and c.during && reach
      group by u.n order by u.n);
  for guest in
    select c.id, c.during, array_position(seats, c.unit_id) as place
      from claim c where c.unit_id = any (seats) and c.live and c.during && reach and fn.claim_is_movable(c, reach, at)
    union all
    select null, span, null
    order by 2, 1
  loop
    select s into seat
      from generate_subscripts(busy, 1) s
      where not busy[s] && guest.during
      order by s = guest.place desc nulls last,
        (select max(upper(r)) from unnest(busy[s]) r where r << guest.during) desc nulls last, s
      limit 1;
    if not found then
      return null;
    end if;
    busy[seat] := busy[seat] + tstzmultirange(guest.during);
    if guest.id is null then
      freed := seats[seat];
    elsif seat <> guest.place then
      moved := moved || guest.id;
      moved_to := moved_to || seats[seat];
    end if;
  end loop;
  -- All rise before anybody sits down: the constraint looks at every row.
  update claim c set live = false where c.id = any (moved);
  update claim c set live = true, unit_id = m.unit from unnest(moved, moved_to) m (id, unit) where c.id = m.id;
  return freed;
end $$;
