-- Keys of what a wish's booking touches: its resources' days, its budgets, its holder's bookings under quotas and gaps.
create function fn.booking_locks(w fn.wish) returns bigint[]
language plpgsql stable as $$
declare
  keys bigint[] := '{}';
begin
  for i in 1 .. cardinality(w.claims) loop
    keys := keys || fn.lock_days(w.claims[i], w.claim_from[i], w.claim_to[i]);
  end loop;
  if w.budgets <> '{}' then
    keys := keys || array(select fn.lock_key(4, b, 0) from unnest(w.budgets) b);
  end if;
  if w.gap_s > 0 then
    keys := keys || fn.lock_key(2, w.person, hashtextextended(w.resource::text, 0));
  end if;
  if w.quotas <> '{}' then
    keys := keys || array(
      select fn.lock_key(2, q.id, hashtextextended(coalesce(case q.holder when 'person' then w.person when 'firm' then w.firm end::text, ''), 0))
        from quota q where q.id = any (w.quotas));
  end if;
  return keys;
end $$;
