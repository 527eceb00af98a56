-- Gives back whatever a booking still holds. Returns the sum. Runs as the owner: nobody else writes the ledger.
create function fn.budget_release(booking uuid, at timestamptz, note text default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  total bigint;
begin
  if exists (select from booking b where b.id = booking and not scope_sees(b.firm_id)) then
    raise insufficient_privilege using message = 'the booking is out of scope';
  end if;
  -- Whoever releases first locks the budgets; the second then finds nothing left. Those of fn.booking_touches: others may be in
  -- somebody's hands.
  perform fn.budgets_lock(array(select e.budget_id from budget_entry e where e.booking_id = booking
                                  group by e.budget_id having sum(e.amount) < 0));
  with held as (
    select e.budget_id, e.firm_id, -sum(e.amount)::bigint as amount
      from budget_entry e
      where e.booking_id = booking and e.kind in ('hold', 'release')
      group by e.budget_id, e.firm_id
      having sum(e.amount) < 0
      order by e.budget_id
  ), entered as (
    insert into budget_entry (budget_id, kind, amount, firm_id, booking_id, note, at)
      select h.budget_id, 'release', h.amount, h.firm_id, booking, budget_release.note, budget_release.at
        from held h
      returning amount
  )
  select coalesce(sum(amount), 0) into total from entered;
  return total;
end $$;
