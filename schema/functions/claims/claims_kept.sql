-- A plan by which a change keeps the booking's own units where they are free. While it is in use (`is_running`) it stays where it
-- is, or is refused.
create function fn.claims_kept(w fn.wish, own uuid[], plan fn.claim_plan, is_running boolean) returns fn.claim_plan
language plpgsql stable as $$
declare
  has_way constant boolean := w.waives_pads or w.is_staff and w.override_reason is not null;
  kept uuid;
  had boolean;
begin
  plan.is_hopeless := false;
  for i in 1 .. cardinality(w.claims) loop
    select (array_agg(u.id) filter (where f.is_free))[1], count(*) > 0 into kept, had
      from unit u
        cross join lateral (
          select not exists (select from claim c where c.unit_id = u.id and c.live
                               and c.during && tstzrange(w.claim_from[i], w.claim_to[i])) as is_free) f
      where u.resource_id = w.claims[i] and u.id = any (own);
    if kept is not null or had and is_running and not has_way then
      plan.units[i] := kept;
      plan.hopes[i] := false;
    end if;
    plan.is_hopeless := plan.is_hopeless or plan.units[i] is null and is_running and had and not has_way;
  end loop;
  return plan;
end $$;
