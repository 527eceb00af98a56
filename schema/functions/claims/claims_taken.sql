-- The refusal of a wish's claim `n`. Limit: until when a booking of this start could last on the unit that is free longest.
create function fn.claims_taken(w fn.wish, n integer) returns fn.violation
language plpgsql stable as $$
declare
  pad_after interval := w.claim_to[n] - w.ends;
  until timestamptz;
  resource_code text;
begin
  select max(f.until) into until
    from unit u
      cross join lateral (
        select min(lower(c.during)) - pad_after as until, min(lower(c.during)) > w.claim_from[n] as can_begin
          from claim c where c.unit_id = u.id and c.live and c.during && tstzrange(w.claim_from[n], w.claim_to[n])) f
    where u.resource_id = w.claims[n] and f.can_begin and f.until > w.starts;
  select r.code into resource_code from resource r where r.id = w.claims[n];
  return row('taken', w.claim_pointers[n], fn.instant_text(until), resource_code)::fn.violation;
end $$;
