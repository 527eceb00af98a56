-- Budgets, without what is in them. valid_from and valid_to: the fiscal year as instants.
-- role: api, meter, jobs
select b.id, b.programme_id, b.funder_id, f.code as funder, pf.ordinal as funder_ordinal, b.fiscal_year, b.is_closed,
    make_date(b.fiscal_year, s.fiscal_start_month, 1)::timestamp at time zone s.zone as valid_from,
    make_date(b.fiscal_year + 1, s.fiscal_start_month, 1)::timestamp at time zone s.zone as valid_to
  from budget b
    join programme p on p.id = b.programme_id
    join site s on s.id = p.site_id
    join funder f on f.id = b.funder_id
    join programme_funder pf on pf.programme_id = b.programme_id and pf.funder_id = b.funder_id
  order by b.programme_id, b.fiscal_year, pf.ordinal;
