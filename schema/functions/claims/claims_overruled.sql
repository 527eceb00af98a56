-- Has a wish of staff, who overrule, taken its claims in the pads of others, or others' bookings in its own? Those of one firm
-- that its rule waives anyway aside. For the owner's functions.
create function fn.claims_overruled(w fn.wish) returns boolean
language plpgsql stable as $$
begin
  return w.is_staff and w.override_reason is not null and exists (
    select from claim own
      join claim c on c.unit_id = own.unit_id and c.live and c.booking_id <> own.booking_id
      join booking b on b.id = c.booking_id
    where own.booking_id = w.id and own.live
      and c.during && tstzrange(lower(own.during) - interval '31 days', upper(own.during) + interval '31 days')
      and coalesce(c.wants, c.during) && coalesce(own.wants, own.during)
      and not (w.waives_pads and b.firm_id = w.firm));
end $$;
