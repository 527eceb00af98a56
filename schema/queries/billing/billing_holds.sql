-- What a firm's bookings still hold, by booking and budget, as far as their usage is still to be billed.
-- role: jobs
-- $1 uuid: firm
select e.booking_id, e.budget_id, -sum(e.amount)::bigint as held
  from usage u
    join budget_entry e on e.booking_id = u.booking_id and e.kind in ('hold', 'release')
  where u.firm_id = $1::uuid and u.status = 'ready'
  group by e.booking_id, e.budget_id
  having sum(e.amount) < 0
  order by e.booking_id, e.budget_id;
