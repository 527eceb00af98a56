-- Takes a unit for a wish's claim `n` where nothing but pads is in the way, its own or those of the firm's other bookings: these
-- are cut, and claim.wants keeps what they were, to be claimed again when the neighbour goes. Of two neighbours the earlier one
-- keeps its pad up to the later one's start. False: there is no such unit. For the owner's functions.
create function fn.claims_waive(w fn.wish, n integer) returns boolean
language plpgsql volatile as $$
declare
  whole tstzrange := tstzrange(w.claim_from[n], w.claim_to[n]);
  fit record;
begin
  select u.id as unit, s.span, before.id as before_id, after.id as after_id into fit
    from unit u
      left join lateral (
        select c.id, upper(coalesce(c.wants, c.during)) as free_at from claim c join booking b on b.id = c.booking_id
          where c.unit_id = u.id and c.live and c.during && whole and b.firm_id = w.firm and b.ends_at <= w.starts
            and b.status in ('offered', 'pending', 'confirmed', 'started')
          order by b.ends_at desc limit 1) before on true
      left join lateral (
        select c.id, b.starts_at from claim c join booking b on b.id = c.booking_id
          where c.unit_id = u.id and c.live and c.during && whole and b.firm_id = w.firm and b.starts_at >= w.ends
            and b.status in ('offered', 'pending', 'confirmed')
          order by b.starts_at limit 1) after on true
      cross join lateral (
        select tstzrange(case when before.id is null then w.claim_from[n] else greatest(w.claim_from[n], least(before.free_at, w.starts)) end,
                         least(w.claim_to[n], after.starts_at)) as span) s
    where u.resource_id = w.claims[n]
      and not exists (select from claim c where c.unit_id = u.id and c.live and c.during && s.span
                        and c.id is distinct from before.id and c.id is distinct from after.id)
    order by u.ordinal limit 1;
  if not found then
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
