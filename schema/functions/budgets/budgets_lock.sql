-- Locks budgets, for statements that move their balances and have not asked fn.lock for them with all else. For the owner's
-- functions.
create function fn.budgets_lock(budgets uuid[]) returns void
language plpgsql volatile as $$
begin
  if not fn.lock(array(select fn.lock_key(4, b, 0) from unnest(budgets) b), '00000000-0000-0000-0000-000000000000') then
    raise lock_not_available using message = 'the budgets are locked by another transaction, and this one may not wait';
  end if;
  perform from budget b where b.id = any (budgets) order by b.id for no key update;
end $$;
