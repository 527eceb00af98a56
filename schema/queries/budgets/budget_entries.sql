-- A budget's ledger, oldest first: no row without the budget, one of nulls without entries.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null; $3 uuid: budget
select e.id as entry, e.kind, e.amount, f.code as firm, e.booking_id as booking, e.invoice_line_id as invoice_line, e.note,
    e.at, e.id::text as cursor
  from budget b
    left join lateral (select * from budget_entry
                         where budget_id = b.id and id > fn.cursor_number($2::text, 0)
                         order by id limit $1::bigint) e on true
    left join firm f on f.id = e.firm_id
  where b.id = $3::uuid
  order by e.id;
