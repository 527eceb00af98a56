-- The tariffs of a site file with defaults, for resources that are stored.
create function fn.site_tariffs(doc jsonb)
returns table (n integer, resource_id uuid, valid daterange, time_unit_s integer, price_num bigint, price_den bigint,
               rounding text, block_s integer, setup_fee bigint, minimum_fee bigint, tax_kind text, charges_unused boolean)
language sql stable as $$
  select d.n, r.id, d.valid, t.time_unit_s, t.price_num, coalesce(t.price_den, 1), t.rounding, t.block_s,
      coalesce(t.setup_fee, 0), coalesce(t.minimum_fee, 0), coalesce(t.tax_kind, 'taxable'), coalesce(t.charges_unused, false)
    from fn.doc_dated(doc, 'tariffs', 'resource') d
      cross join jsonb_to_record(d.item) as t (time_unit_s integer, price_num bigint, price_den bigint, rounding text,
        block_s integer, setup_fee bigint, minimum_fee bigint, tax_kind text, charges_unused boolean)
      join resource r on r.code = d.item ->> 'resource'
$$;
