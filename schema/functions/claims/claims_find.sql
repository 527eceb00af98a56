-- Takes a unit for a wish's claim `n` where the one that was planned has gone, or none was free: what is due in the way lapses;
-- then a free one; one where only pads of the same firm are in the way; one that becomes free when others are seated anew; for
-- staff who overrule, one where only pads are in the way, whose ever. False: there is none. For the owner's functions.
create function fn.claims_find(at timestamptz, w fn.wish, n integer) returns boolean
language plpgsql volatile as $$
declare
  span tstzrange := tstzrange(w.claim_from[n], w.claim_to[n]);
  unit uuid;
begin
  perform fn.claims_lapse(at, w.claims[n], span);
  unit := fn.claims_seek(w.claims[n], span);
  if unit is null and w.waives_pads and fn.claims_waive(w, n, false) then
    return true;
  elsif unit is null then
    unit := fn.claims_reseat(at, w.claims[n], span);
  end if;
  if unit is null then
    return w.is_staff and w.override_reason is not null and fn.claims_waive(w, n, true);
  end if;
  insert into claim (unit_id, during, booking_id) values (unit, span, w.id) on conflict do nothing;
  return found;
end $$;
