-- Makes and issues an invoice in one statement: lines, draws on the budgets instead of the bookings' holds, the next number of
-- its series, the hash chain, the usages' status, the event. One row: 'ok' with number and hash; or refusals, and nothing is
-- stored.
-- When no line is given, all of the usage is free: holds and status are settled, and there is no document (invoice_id: null).
-- Refusals:
--   stale_catalogue   prices have changed since the rating (limit: the catalogue's version): rate again
--   conflict          a usage is no longer to be billed as it was rated (actual: its id): somebody else billed it, or it is
--                     disputed, or was corrected
--   budget_exhausted  a budget has less than the draws want (pointer: its id, limit: what it has, actual: what is wanted):
--                     rate again with what there is now
--
-- `lines` is a list of {"id", "n", "usage_id", "tariff_id", "kind", "text", "quantity_num", "quantity_den", "quantity_unit",
-- "price_num", "price_den", "fee", "support", "own_share", "tax", "tax_kind", "quality", "explain"}; the draws are arrays of
-- equal length: of which budget, how much, for which line. Sums that don't add up are an error, not a refusal.
--
-- Runs as the owner: nobody else makes documents or numbers them.
create function fn.invoice_put(
  at timestamptz, id uuid, run uuid, site uuid, firm uuid, month date, dated date, series text, currency text,
  fee bigint, support bigint, own_share bigint, tax bigint, truncation bigint, total bigint,
  usages uuid[], usage_versions bigint[], lines jsonb, draw_budgets uuid[], draw_amounts bigint[], draw_lines uuid[],
  catalogue_version bigint)
returns table (outcome text, pointer text, limit_value text, actual_value text, invoice_id uuid, number bigint, hash bytea)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  current_version bigint;
  bookings uuid[];
  next_position bigint;
  document invoice;
begin
  if not scope_sees(firm) then
    raise insufficient_privilege using message = 'the firm is out of scope';
  end if;
  select c.version into current_version from catalogue c for share; -- no price changes until this is stored
  if current_version <> catalogue_version then
    return query select 'stale_catalogue', null::text, current_version::text, catalogue_version::text, null::uuid, null::bigint,
                        null::bytea;
    return;
  end if;
  perform from usage u where u.id = any (usages) order by u.id for update;
  return query
    select 'conflict', null::text, null::text, n.id::text, null::uuid, null::bigint, null::bytea
      from unnest(usages, usage_versions) as n (id, version)
      where not exists (select from usage u where u.id = n.id and u.version = n.version and u.status = 'ready'
                                              and u.firm_id = invoice_put.firm)
        or exists (select from usage_dispute d where d.usage_id = n.id and d.status = 'open');
  if found then
    return;
  end if;

  select coalesce(array_agg(u.booking_id), '{}') into bookings from usage u where u.id = any (usages) and u.booking_id is not null;
  perform fn.budgets_lock(draw_budgets || array(select distinct e.budget_id from budget_entry e where e.booking_id = any (bookings)));
  return query
    select 'budget_exhausted', d.budget::text, (b.balance + h.held)::text, d.amount::text, null::uuid, null::bigint, null::bytea
      from (select n.budget, sum(n.amount)::bigint as amount
              from unnest(draw_budgets, draw_amounts) as n (budget, amount) group by n.budget) d
        join budget b on b.id = d.budget
        cross join lateral (select coalesce(-sum(e.amount), 0) as held from budget_entry e
                              where e.budget_id = b.id and e.booking_id = any (bookings)
                                and e.kind in ('hold', 'release')) h
      where d.amount > b.balance + h.held
      order by d.budget;
  if found then
    return;
  end if;

  perform fn.budget_release(n, invoice_put.at, 'billed') from unnest(bookings) n;
  update usage u set status = 'billed', version = u.version + 1 where u.id = any (usages);
  if jsonb_array_length(lines) = 0 then
    outcome := 'ok';
    return next;
    return;
  end if;

  insert into invoice (id, site_id, firm_id, month, billing_run_id, status, dated, currency, fee, support, own_share, tax,
                       truncation, total)
    values (invoice_put.id, invoice_put.site, invoice_put.firm, invoice_put.month, run, 'draft', invoice_put.dated,
            invoice_put.currency, invoice_put.fee, invoice_put.support, invoice_put.own_share, invoice_put.tax,
            invoice_put.truncation, invoice_put.total);
  insert into invoice_line (id, invoice_id, firm_id, n, usage_id, tariff_id, kind, text, quantity_num, quantity_den,
                            quantity_unit, price_num, price_den, fee, support, own_share, tax, tax_kind, quality, explain)
    select l.id, invoice_put.id, invoice_put.firm, l.n, l.usage_id, l.tariff_id, l.kind, l.text, l.quantity_num, l.quantity_den,
        l.quantity_unit, l.price_num, l.price_den, l.fee, l.support, l.own_share, l.tax, l.tax_kind, l.quality, l.explain
      from jsonb_to_recordset(lines) as l (id uuid, n smallint, usage_id uuid, tariff_id uuid, kind text, text text,
        quantity_num bigint, quantity_den bigint, quantity_unit text, price_num bigint, price_den bigint, fee bigint,
        support bigint, own_share bigint, tax bigint, tax_kind text, quality integer, explain jsonb);
  perform fn.budget_draw(draw_budgets, draw_amounts, draw_lines, invoice_put.firm, invoice_put.at);
  insert into series as s (site_id, code, last_number) values (invoice_put.site, invoice_put.series, 1)
    on conflict (site_id, code) do update set last_number = s.last_number + 1
    returning s.last_number, s.last_hash into number, hash;
  update issue set last_position = last_position + 1 returning last_position into next_position;
  select * into document from invoice i where i.id = invoice_put.id;
  document.series := invoice_put.series;
  document.number := number;
  document.issued_at := invoice_put.at;
  document.prev_hash := hash;
  hash := fn.invoice_hash(document);
  if not fn.invoice_adds_up(document) then
    raise data_exception using message = format('the lines and draws of invoice %s do not add up', invoice_put.id);
  end if;
  update invoice i set status = 'issued', series = document.series, number = document.number, issued_at = document.issued_at,
      position = next_position, prev_hash = document.prev_hash, hash = invoice_put.hash
    where i.id = invoice_put.id;
  update series s set last_hash = invoice_put.hash where s.site_id = invoice_put.site and s.code = invoice_put.series;
  insert into event (at, kind, firm_id, object_id, data)
    values (invoice_put.at, 'invoice.issued', invoice_put.firm, invoice_put.id,
            jsonb_build_object('series', invoice_put.series, 'number', number, 'month', invoice_put.month,
                               'total', invoice_put.total, 'currency', invoice_put.currency));
  outcome := 'ok';
  invoice_id := invoice_put.id;
  return next;
end $$;
