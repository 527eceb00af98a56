-- Budgets with what is left of them, by id.
-- role: api, jobs
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
select b.id, p.code as programme, f.code as funder, b.fiscal_year, b.granted, b.held, b.drawn, b.balance,
    b.id::text as cursor
  from budget b
    join programme p on p.id = b.programme_id
    join funder f on f.id = b.funder_id
  where b.id > fn.cursor_id($2::text, '00000000-0000-0000-0000-000000000000')
  order by b.id
  limit $1::bigint;
