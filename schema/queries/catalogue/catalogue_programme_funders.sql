-- Funders of programmes in their fixed order.
-- role: api, meter, jobs
select pf.programme_id, pf.funder_id, f.code, f.name, pf.ordinal, pf.weight
  from programme_funder pf join funder f on f.id = pf.funder_id
  order by pf.programme_id, pf.ordinal;
