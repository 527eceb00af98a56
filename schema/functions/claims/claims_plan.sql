-- Looks for the units that a wish wants before anything is locked, so that all locks can be taken at once, and that what can't be
-- had is refused without any. What it finds is only likely: the constraint decides.
create function fn.claims_plan(at timestamptz, w fn.wish) returns fn.claim_plan
language plpgsql stable as $$
declare
  plan fn.claim_plan;
  hope record;
  overrules constant boolean := w.is_staff and w.override_reason is not null;
begin
  plan.units := '{}';
  plan.hopes := '{}';
  plan.locks := '{}';
  plan.is_hopeless := false;
  for i in 1 .. cardinality(w.claims) loop
    plan.units[i] := fn.claims_seek(w.claims[i], tstzrange(w.claim_from[i], w.claim_to[i]));
    if plan.units[i] is null then
      hope := fn.claims_hope(at, w.claims[i], tstzrange(w.claim_from[i], w.claim_to[i]), w.id);
      plan.hopes[i] := hope.is_there or (w.waives_pads or overrules) and (fn.claims_between(w, i, overrules)).unit is not null;
      plan.locks := plan.locks || hope.locks;
      plan.is_hopeless := plan.is_hopeless or not plan.hopes[i];
    end if;
  end loop;
  return plan;
end $$;
