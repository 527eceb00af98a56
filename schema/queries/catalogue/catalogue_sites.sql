-- Sites by code.
-- role: api, meter, jobs
select id, code, name, zone, currency, fiscal_start_month, registration_number, address, truncate_to, tax_rate_num,
    tax_rate_den, tax_base, tax_rounding, strike_count, strike_window_s, strike_ban_s, unpaid_grace_s, offer_expiry_s
  from site order by code;
