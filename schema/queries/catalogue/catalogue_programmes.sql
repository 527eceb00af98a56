-- Programmes by site, priority and code. valid_from and valid_to are instants, the _day columns the local days
-- (valid_to_day is the first day after); null without end, or without that condition.
-- role: api, meter, jobs
select p.id, p.site_id, p.code, p.name, lower(p.valid)::timestamp at time zone s.zone as valid_from,
    upper(p.valid)::timestamp at time zone s.zone as valid_to,
    lower(p.valid) as valid_from_day, upper(p.valid) as valid_to_day, p.priority, p.rate_num, p.rate_den,
    p.firm_year_cap, p.matching, p.draws_partially, p.regions, p.industries, p.head_count_max, p.hold_expiry_s
  from programme p join site s on s.id = p.site_id
  order by p.site_id, p.priority, p.code;
