-- Applies the site itself.
create function fn.site_put_site(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into site (id, code, name, zone, currency, fiscal_start_month, registration_number, address, truncate_to, tax_rate_num, tax_rate_den, tax_base, tax_rounding, holiday_calendar,
                      strike_count, strike_window_s, strike_ban_s, unpaid_grace_s, offer_expiry_s, review_s)
      select fn.id_new(at), s.code, s.name, s.zone, coalesce(s.currency, 'KRW'), coalesce(s.fiscal_start_month, 1),
          s.registration_number, s.address, coalesce(s.truncate_to, 1), coalesce(s.tax_rate_num, 10),
          coalesce(s.tax_rate_den, 100), coalesce(s.tax_base, 'full_fee'), coalesce(s.tax_rounding, 'floor'),
          s.holiday_calendar, s.strike_count, s.strike_window_s, s.strike_ban_s, s.unpaid_grace_s, coalesce(s.offer_expiry_s, 7200),
          coalesce(s.review_s, 604800)
        from jsonb_to_record(doc -> 'site') as s (code text, name text, zone text, currency text,
          fiscal_start_month smallint, registration_number text, address text, truncate_to bigint, tax_rate_num bigint,
          tax_rate_den bigint, tax_base text, tax_rounding text, holiday_calendar text, strike_count integer,
          strike_window_s bigint, strike_ban_s bigint, unpaid_grace_s bigint, offer_expiry_s integer, review_s bigint)
      on conflict (code) do update set
      name = excluded.name,
      zone = excluded.zone,
      currency = excluded.currency,
      fiscal_start_month = excluded.fiscal_start_month,
      registration_number = excluded.registration_number,
      address = excluded.address,
      truncate_to = excluded.truncate_to,
      tax_rate_num = excluded.tax_rate_num,
      tax_rate_den = excluded.tax_rate_den,
      tax_base = excluded.tax_base,
      tax_rounding = excluded.tax_rounding,
      holiday_calendar = excluded.holiday_calendar,
      strike_count = excluded.strike_count,
      strike_window_s = excluded.strike_window_s,
      strike_ban_s = excluded.strike_ban_s,
      unpaid_grace_s = excluded.unpaid_grace_s,
      offer_expiry_s = excluded.offer_expiry_s,
      review_s = excluded.review_s
      where (site.name, site.zone, site.currency, site.fiscal_start_month, site.registration_number, site.address, site.truncate_to, site.tax_rate_num, site.tax_rate_den, site.tax_base, site.tax_rounding, site.holiday_calendar, site.strike_count, site.strike_window_s, site.strike_ban_s, site.unpaid_grace_s, site.offer_expiry_s, site.review_s)
        is distinct from (excluded.name, excluded.zone, excluded.currency, excluded.fiscal_start_month, excluded.registration_number, excluded.address, excluded.truncate_to, excluded.tax_rate_num, excluded.tax_rate_den, excluded.tax_base, excluded.tax_rounding, excluded.holiday_calendar, excluded.strike_count, excluded.strike_window_s, excluded.strike_ban_s, excluded.unpaid_grace_s, excluded.offer_expiry_s, excluded.review_s)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
