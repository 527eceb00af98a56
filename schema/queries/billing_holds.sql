-- What a firm's bookings still hold, by booking and budget.
-- role: jobs
-- $1 uuid: firm
select e.booking_id, e.budget_id, -sum(e.amount)::bigint as held
  from budget_entry e
  where e.firm_id = $1::uuid and e.booking_id is not null and e.kind in ('hold', 'release')
  group by e.booking_id, e.budget_id
  having sum(e.amount) < 0
  order by e.booking_id, e.budget_id;
