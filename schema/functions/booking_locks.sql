-- Keys of what a wish's booking touches: its holder's quotas, its resources' days, its budgets.
create function fn.booking_locks(w fn.wish) returns bigint[]
language plpgsql stable as $$
declare
  keys bigint[] := '{}';
  budget uuid;
begin
  for i in 1 .. cardinality(w.claims) loop
    keys := keys || fn.lock_days(w.claims[i], w.claim_from[i], w.claim_to[i]);
  end loop;
  foreach budget in array w.budgets loop
    keys := keys || fn.lock_key(4, budget, 0);
  end loop;
  if cardinality(w.quotas) > 0 then
    keys := keys || array(
      select fn.lock_key(2, q.id, hashtextextended(case q.holder when 'person' then w.person when 'firm' then w.firm end::text, 0))
        from quota q where q.id = any (w.quotas));
  end if;
  return keys;
end $$;
