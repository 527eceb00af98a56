-- Seats spans, which come in the order of their starts, on seats that are busy already: on `places`, where they sit, if they can
-- stay, else where the gap before is shortest. Null: somebody finds no seat.
create function fn.claims_seating(busy tstzmultirange[], spans tstzrange[], places integer[]) returns integer[]
language plpgsql immutable as $$
declare
  seating integer[] := '{}';
  seat integer;
begin
  for i in 1 .. cardinality(spans) loop
    select s into seat
      from generate_subscripts(busy, 1) s
      where not busy[s] && spans[i]
      order by s = places[i] desc, (select max(upper(r)) from unnest(busy[s]) r where r << spans[i]) desc nulls last, s
      limit 1;
    if not found then
      return null;
    end if;
    busy[seat] := busy[seat] + tstzmultirange(spans[i]);
    seating[i] := seat;
  end loop;
  return seating;
end $$;
