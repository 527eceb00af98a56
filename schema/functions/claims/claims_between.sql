-- The first unit on which nothing but pads is in the way of a wish's claim `n`, its own or those of the bookings before and after
-- it: of the firm's others, or (`of_all`) of anybody's. Null when there is none. `span`: what is left for the claim. Of two
-- neighbours the earlier one keeps its pad up to the later one's start.
create function fn.claims_between(w fn.wish, n integer, of_all boolean, out unit uuid, out span tstzrange, out before_id bigint,
                                  out after_id bigint)
language plpgsql stable as $$
declare
  whole tstzrange := tstzrange(w.claim_from[n], w.claim_to[n]);
begin
  select u.id, s.span, before.id, after.id into unit, span, before_id, after_id
    from unit u
      left join lateral (
        select c.id, upper(coalesce(c.wants, c.during)) as free_at from claim c join booking b on b.id = c.booking_id
          where c.unit_id = u.id and c.live and c.during && whole and (of_all or b.firm_id = w.firm) and b.ends_at <= w.starts
            and b.status <> 'cancelled' and b.id <> w.id
          order by b.ends_at desc limit 1) before on true
      left join lateral (
        select c.id, b.starts_at from claim c join booking b on b.id = c.booking_id
          where c.unit_id = u.id and c.live and c.during && whole and (of_all or b.firm_id = w.firm) and b.starts_at >= w.ends
            and b.status in ('offered', 'pending', 'confirmed') and b.id <> w.id
          order by b.starts_at limit 1) after on true
      cross join lateral (
        select tstzrange(case when before.id is null then w.claim_from[n] else greatest(w.claim_from[n], least(before.free_at, w.starts)) end,
                         least(w.claim_to[n], after.starts_at)) as span) s
    where u.resource_id = w.claims[n]
      and not exists (select from claim c where c.unit_id = u.id and c.live and c.during && s.span and c.booking_id is distinct from w.id
                        and c.id is distinct from before.id and c.id is distinct from after.id)
    order by u.ordinal limit 1;
end $$;
