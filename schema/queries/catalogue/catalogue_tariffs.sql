-- Tariff versions by resource and time. valid_from and valid_to are instants, null without end.
-- role: api, meter, jobs
select t.id, t.resource_id, lower(t.valid)::timestamp at time zone s.zone as valid_from,
    upper(t.valid)::timestamp at time zone s.zone as valid_to,
    t.time_unit_s, t.price_num, t.price_den, t.rounding, t.block_s, t.setup_fee, t.minimum_fee, t.tax_kind,
    t.charges_unused
  from tariff t
    join resource r on r.id = t.resource_id
    join site s on s.id = r.site_id
  order by t.resource_id, lower(t.valid) nulls first;
