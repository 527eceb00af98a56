-- Applies the tariffs. What the file does not name stays.
create function fn.site_put_tariffs(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into tariff (id, resource_id, valid, time_unit_s, price_num, price_den, rounding, block_s, setup_fee, minimum_fee, tax_kind, charges_unused)
      select fn.id_new(at), t.resource_id, t.valid, t.time_unit_s, t.price_num, t.price_den, t.rounding, t.block_s,
          t.setup_fee, t.minimum_fee, t.tax_kind, t.charges_unused
        from fn.site_tariffs(doc) t
      on conflict (resource_id, lower(valid)) do update set
      valid = excluded.valid,
      time_unit_s = excluded.time_unit_s,
      price_num = excluded.price_num,
      price_den = excluded.price_den,
      rounding = excluded.rounding,
      block_s = excluded.block_s,
      setup_fee = excluded.setup_fee,
      minimum_fee = excluded.minimum_fee,
      tax_kind = excluded.tax_kind,
      charges_unused = excluded.charges_unused
      where (tariff.valid, tariff.time_unit_s, tariff.price_num, tariff.price_den, tariff.rounding, tariff.block_s, tariff.setup_fee, tariff.minimum_fee, tariff.tax_kind, tariff.charges_unused)
        is distinct from (excluded.valid, excluded.time_unit_s, excluded.price_num, excluded.price_den, excluded.rounding, excluded.block_s, excluded.setup_fee, excluded.minimum_fee, excluded.tax_kind, excluded.charges_unused)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
