-- Locks budgets in the order of their ids, as whoever moves their balance does. For the owner's functions.
create function fn.budgets_lock(budgets uuid[]) returns void
language plpgsql volatile as $$
begin
  perform from budget b where b.id = any (budgets) order by b.id for update;
end $$;
