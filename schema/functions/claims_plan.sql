-- Looks for free units before anything is locked.
create function fn.claims_plan(at timestamptz, w fn.wish) returns fn.claim_plan
language plpgsql stable as $$
declare
  plan fn.claim_plan;
begin
  plan.units := array_fill(null::uuid, array[cardinality(w.claims)]);
  plan.locks := '{}';
  for i in 1 .. cardinality(w.claims) loop
    plan.units[i] := fn.claims_seek(w.claims[i], tstzrange(w.claim_from[i], w.claim_to[i]));
  end loop;
  return plan;
end $$;
