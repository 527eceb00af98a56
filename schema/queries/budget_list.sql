-- Budgets with what is left of them, by id.
-- role: api, jobs
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
select b.id, p.code as programme, f.code as funder, b.fiscal_year, e.granted, e.held, e.drawn, b.balance,
    b.id::text as cursor
  from budget b
    join programme p on p.id = b.programme_id
    join funder f on f.id = b.funder_id
    cross join lateral (
      select coalesce(sum(amount) filter (where kind = 'grant'), 0)::bigint as granted,
          coalesce(-sum(amount) filter (where kind in ('hold', 'release')), 0)::bigint as held,
          coalesce(-sum(amount) filter (where kind in ('draw', 'return')), 0)::bigint as drawn
        from budget_entry where budget_id = b.id) e
  where b.id > coalesce(fn.cursor_id($2::text), '00000000-0000-0000-0000-000000000000')
  order by b.id
  limit $1::bigint;
