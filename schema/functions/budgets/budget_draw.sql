-- Draws money for lines of an invoice. The caller has seen that it is there; budget.balance's check is the last word.
-- For the owner's functions: nobody else writes the ledger.
create function fn.budget_draw(budgets uuid[], amounts bigint[], lines uuid[], firm uuid, at timestamptz) returns void
language sql volatile as $$
  insert into budget_entry (budget_id, kind, amount, firm_id, invoice_line_id, at)
    select d.budget, 'draw', -d.amount, firm, d.line, budget_draw.at
      from unnest(budgets, amounts, lines) as d (budget, amount, line)
      where d.amount > 0
      order by d.budget, d.line
$$;
