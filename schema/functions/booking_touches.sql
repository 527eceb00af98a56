-- Keys of what a booking has: its claims' days, and the budgets that hold money for it.
create function fn.booking_touches(booking uuid) returns bigint[]
language sql stable as $$
  select coalesce(array_agg(k), '{}')
    from (select unnest(fn.lock_days(u.resource_id, lower(w.span), upper(w.span))) as k
            from claim c
              join unit u on u.id = c.unit_id
              cross join lateral (select coalesce(c.wants, c.during) as span) w
            where c.booking_id = booking and c.live
          union all
          select fn.lock_key(4, e.budget_id, 0) from budget_entry e
            where e.booking_id = booking group by e.budget_id having sum(e.amount) < 0) t
$$;
