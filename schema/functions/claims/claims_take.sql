-- Takes the units that a wish wants, all or none, unless there are `faults` already: then it only looks. Returns those faults and a
-- `taken` for each claim that has no unit: its pointer, the resource (actual), and until when the booking could last from its
-- start (limit), if it could begin. Planned units go first; the exclusion constraint and ON CONFLICT DO NOTHING settle races: a
-- plain INSERT against an exclusion constraint deadlocks. The caller holds the plan's locks. For the owner's functions.
create function fn.claims_take(at timestamptz, w fn.wish, plan fn.claim_plan, faults fn.violation[]) returns fn.violation[]
language plpgsql volatile as $$
declare
  is_wanted boolean := faults = '{}' and not plan.is_hopeless;
  is_taken boolean;
begin
  for i in 1 .. cardinality(w.claims) loop
    is_taken := plan.units[i] is not null or not is_wanted and plan.hopes[i];
    if is_wanted and plan.units[i] is not null then
      insert into claim (unit_id, during, booking_id)
        values (plan.units[i], tstzrange(w.claim_from[i], w.claim_to[i]), w.id)
        on conflict do nothing;
      is_taken := found;
    end if;
    if not is_taken and is_wanted then
      is_taken := fn.claims_find(at, w, i);
    end if;
    if not is_taken then
      faults := faults || fn.claims_taken(w, i);
    end if;
  end loop;
  if is_wanted and faults <> '{}' then
    delete from claim c where c.booking_id = w.id;
  end if;
  return faults;
end $$;
