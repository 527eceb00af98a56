-- Where a site file goes against what is stored: codes of another site, fewer units, prices that were used,
-- dated rows of before that overlap, money that is spent.
create function fn.site_faults_stored(doc jsonb)
returns table (outcome text, pointer text, limit_value text, actual_value text)
language sql stable as $$
  select 'duplicate', format('/resources/%s/code', d.n), s.code::text, d.item ->> 'code'
    from fn.doc_rows(doc, 'resources') d
      join resource r on r.code = d.item ->> 'code'
      join site s on s.id = r.site_id
    where s.code <> doc #>> '{site,code}'
  union all
  select 'duplicate', format('/programmes/%s/code', d.n), s.code::text, d.item ->> 'code'
    from fn.doc_rows(doc, 'programmes') d
      join programme p on p.code = d.item ->> 'code'
      join site s on s.id = p.site_id
    where s.code <> doc #>> '{site,code}'
  union all
  select 'duplicate', format('/quotas/%s/code', d.n), s.code::text, d.item ->> 'code'
    from fn.doc_rows(doc, 'quotas') d
      join quota q on q.code = d.item ->> 'code'
      join site s on s.id = q.site_id
    where s.code <> doc #>> '{site,code}'
  union all
  select 'duplicate', format('/courses/%s/code', d.n), s.code::text, d.item ->> 'code'
    from fn.doc_rows(doc, 'courses') d
      join course c on c.code = d.item ->> 'code'
      join site s on s.id = c.site_id
    where s.code <> doc #>> '{site,code}'
  union all
  select 'too_small', format('/resources/%s/capacity', d.n), max(u.ordinal)::text, coalesce(d.item ->> 'capacity', '1')
    from fn.doc_rows(doc, 'resources') d
      join resource r on r.code = d.item ->> 'code'
      join unit u on u.resource_id = r.id
    group by d.n, d.item
    having max(u.ordinal) > coalesce((d.item ->> 'capacity')::integer, 1)
  union all
  select 'conflict', format('/tariffs/%s', t.n), null, null
    from fn.site_tariffs(doc) t
      join tariff old on old.resource_id = t.resource_id and lower(old.valid) is not distinct from lower(t.valid)
    where exists (select from invoice_line l where l.tariff_id = old.id)
      and ((old.time_unit_s, old.price_num, old.price_den, old.rounding, old.block_s, old.setup_fee, old.minimum_fee,
            old.tax_kind, old.charges_unused)
           is distinct from
           (t.time_unit_s, t.price_num, t.price_den, t.rounding, t.block_s, t.setup_fee, t.minimum_fee, t.tax_kind,
            t.charges_unused)
           or exists (select from invoice_line l join usage u on u.id = l.usage_id
                        where l.tariff_id = old.id and not t.valid @> least(usage_last_day(u), upper(old.valid) - 1)))
  union all
  select 'conflict', format('/tariffs/%s/valid_from', t.n), old.valid::text, lower(t.valid)::text
    from fn.site_tariffs(doc) t
      join tariff old on old.resource_id = t.resource_id and old.valid && t.valid
    where not exists (select from fn.site_tariffs(doc) same
                        where same.resource_id = old.resource_id and lower(same.valid) is not distinct from lower(old.valid))
  union all
  select 'conflict', format('/firm_facts/%s/valid_from', d.n), old.valid::text, lower(d.valid)::text
    from fn.doc_dated(doc, 'firm_facts', 'firm') d
      join firm f on f.code = d.item ->> 'firm'
      join firm_fact old on old.firm_id = f.id and old.valid && d.valid
    where not exists (select from fn.doc_dated(doc, 'firm_facts', 'firm') same
                        where same.item ->> 'firm' = f.code and lower(same.valid) is not distinct from lower(old.valid))
  union all
  select 'budget_exhausted', format('/budgets/%s/amount', d.n), (b.held + b.drawn)::text, d.item ->> 'amount'
    from fn.doc_rows(doc, 'budgets') d
      join programme p on p.code = d.item ->> 'programme'
      join funder f on f.code = d.item ->> 'funder'
      join budget b on b.programme_id = p.id and b.funder_id = f.id and b.fiscal_year = (d.item ->> 'fiscal_year')::smallint
    where (d.item ->> 'amount')::bigint < b.held + b.drawn
$$;
