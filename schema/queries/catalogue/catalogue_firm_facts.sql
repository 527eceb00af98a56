-- What is true of firms, dated, by firm. A firm belongs to no site: its days are those of the first site.
-- role: api, meter, jobs
select f.firm_id, lower(f.valid)::timestamp at time zone s.zone as valid_from,
    upper(f.valid)::timestamp at time zone s.zone as valid_to, f.region, f.industry, f.head_count
  from firm_fact f
    cross join (select zone from site order by code limit 1) s
  order by f.firm_id, lower(f.valid) nulls first;
