-- What the budgets of a site's programmes have for a firm in some fiscal years. balance is free; firm_drawn and firm_held count towards the
-- programme's cap per firm and year.
-- role: jobs
-- $1 uuid: site; $2 uuid: firm; $3 bigint[]: fiscal years
select b.id as budget_id, b.programme_id, b.funder_id, b.fiscal_year, b.balance, b.is_closed, p.firm_year_cap,
    coalesce(x.drawn, 0) as firm_drawn, coalesce(x.held, 0) as firm_held
  from budget b
    join programme p on p.id = b.programme_id
    join programme_funder pf on pf.programme_id = b.programme_id and pf.funder_id = b.funder_id
    left join budget_firm x on x.budget_id = b.id and x.firm_id = $2::uuid
  where p.site_id = $1::uuid and b.fiscal_year = any ($3::bigint[])
  order by p.priority, p.code, b.fiscal_year, pf.ordinal;
