-- Locks budgets in the order of their ids, as whoever moves their balance does. Runs as the owner.
create function fn.budgets_lock(budgets uuid[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from budget b where b.id = any (budgets) order by b.id for update;
end $$;
