-- Keys of what a booking has: its claims' days, and the budgets that hold money for it.
create function fn.booking_touches(booking uuid) returns bigint[]
language plpgsql stable as $$
declare
  had record;
  keys bigint[] := array(
    select fn.lock_key(4, e.budget_id, 0) from budget_entry e where e.booking_id = booking group by e.budget_id having sum(e.amount) < 0);
begin
  for had in
    select u.resource_id, coalesce(c.wants, c.during) as span
      from claim c join unit u on u.id = c.unit_id where c.booking_id = booking and c.live
  loop
    keys := keys || fn.lock_days(had.resource_id, lower(had.span), upper(had.span));
  end loop;
  return keys;
end $$;
