-- The lines of an invoice as replies show them.
create function fn.invoice_lines(invoice uuid) returns jsonb
language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'n', l.n, 'kind', l.kind, 'text', l.text, 'usage', l.usage_id, 'tariff', l.tariff_id,
      'quantity', jsonb_build_object('num', l.quantity_num, 'den', l.quantity_den), 'unit', l.quantity_unit,
      'price', jsonb_build_object('num', l.price_num, 'den', l.price_den), 'fee', l.fee, 'support', l.support,
      'own_share', l.own_share, 'tax', l.tax, 'tax_kind', l.tax_kind, 'quality', to_jsonb(fn.quality_names(l.quality)),
      'funders', d.funders, 'explain', l.explain) order by l.n), '[]')
    from invoice_line l
      cross join lateral (
        select coalesce(jsonb_agg(jsonb_build_object('budget', b.id, 'programme', p.code, 'funder', f.code,
                                                     'amount', -e.amount) order by e.id), '[]') as funders
          from budget_entry e
            join budget b on b.id = e.budget_id
            join programme p on p.id = b.programme_id
            join funder f on f.id = b.funder_id
          where e.invoice_line_id = l.id and e.kind = 'draw') d
    where l.invoice_id = invoice_lines.invoice
$$;
