-- Takes a unit for a wish's claim `n` where nothing but pads is in the way (see fn.claims_between): these are cut, and claim.wants
-- keeps what they were, to be claimed again when the neighbour goes. False: there is no such unit. For the owner's functions.
create function fn.claims_waive(w fn.wish, n integer, of_all boolean) returns boolean
language plpgsql volatile as $$
declare
  whole tstzrange := tstzrange(w.claim_from[n], w.claim_to[n]);
  fit record := fn.claims_between(w, n, of_all);
begin
  if fit.unit is null then
    return false;
  end if;
  update claim c set during = c.during * case c.id when fit.before_id then tstzrange(null, lower(fit.span))
                                                   else tstzrange(upper(fit.span), null) end,
      wants = coalesce(c.wants, c.during)
    where c.id in (fit.before_id, fit.after_id)
      and (c.id = fit.before_id and upper(c.during) > lower(fit.span) or c.id = fit.after_id and lower(c.during) < upper(fit.span));
  insert into claim (unit_id, during, booking_id, wants) values (fit.unit, fit.span, w.id, nullif(whole, fit.span))
    on conflict do nothing;
  return found;
end $$;
