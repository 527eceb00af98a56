-- A budget's ledger, oldest first.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null; $3 uuid: budget
select e.id as entry, e.kind, e.amount, f.code as firm, e.booking_id as booking, e.invoice_line_id as invoice_line, e.note,
    e.at, e.id::text as cursor
  from budget_entry e left join firm f on f.id = e.firm_id
  where e.budget_id = $3::uuid and e.id > fn.cursor_number($2::text, 0)
  order by e.id
  limit $1::bigint;
