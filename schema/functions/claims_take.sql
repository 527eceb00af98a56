-- Takes the units that a wish wants: all, or none. Empty when all were taken, else a violation for each that has none.
create function fn.claims_take(at timestamptz, w fn.wish, units uuid[], is_wanted boolean) returns fn.violation[]
language plpgsql volatile as $$
declare
  faults fn.violation[] := '{}';
  span tstzrange;
begin
  for i in 1 .. cardinality(w.claims) loop
    span := tstzrange(w.claim_from[i], w.claim_to[i]);
    if units[i] is null then
      units[i] := fn.claims_seek(w.claims[i], span);
    end if;
    if units[i] is not null and is_wanted then
      insert into claim (unit_id, during, booking_id) values (units[i], span, w.id) on conflict do nothing;
      if not found then
        units[i] := null;
      end if;
    end if;
    if units[i] is null then
      faults := faults || row('taken', w.claim_pointers[i], null, (select r.code from resource r where r.id = w.claims[i]))::fn.violation;
    end if;
  end loop;
  if faults <> '{}' and is_wanted then
    delete from claim where booking_id = w.id;
  end if;
  return faults;
end $$;
