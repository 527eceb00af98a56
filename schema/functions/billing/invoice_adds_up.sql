-- Do an invoice's lines add up to it, and the draws for each line to the line's support?
create function fn.invoice_adds_up(i invoice) returns boolean
language sql stable as $$
  select (coalesce(sum(l.fee), 0), coalesce(sum(l.support), 0), coalesce(sum(l.own_share), 0), coalesce(sum(l.tax), 0))
           = (i.fee, i.support, i.own_share, i.tax)
         and coalesce(bool_and(l.support = coalesce(d.amount, 0)), true)
    from invoice_line l
      left join lateral (select -sum(e.amount) as amount from budget_entry e
                           where e.invoice_line_id = l.id and e.kind = 'draw') d on true
    where l.invoice_id = i.id
$$;
