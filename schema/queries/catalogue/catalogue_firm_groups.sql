-- Groups of firms, dated, by firm. A firm belongs to no site: its days are those of the first site.
-- role: api, meter, jobs
select g.firm_id, g.group_code, lower(g.valid)::timestamp at time zone s.zone as valid_from,
    upper(g.valid)::timestamp at time zone s.zone as valid_to
  from firm_group g
    cross join (select zone from site order by code limit 1) s
  order by g.firm_id, g.group_code, lower(g.valid) nulls first;
