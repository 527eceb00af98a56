-- For each claim of a wish the unit that a change should take: the booking's own one where that is free, else the one that was
-- found; while it is in use (`only_own`) none else.
create function fn.claims_kept(w fn.wish, own uuid[], found_units uuid[], only_own boolean) returns uuid[]
language plpgsql stable as $$
declare
  units uuid[] := found_units;
  kept uuid;
begin
  for i in 1 .. cardinality(w.claims) loop
    select u.id into kept from unit u
      where u.resource_id = w.claims[i] and u.id = any (own)
        and not exists (select from claim c where c.unit_id = u.id and c.live
                          and c.during && tstzrange(w.claim_from[i], w.claim_to[i]));
    units[i] := coalesce(kept, units[i]);
  end loop;
  return units;
end $$;
