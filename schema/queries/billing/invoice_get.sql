-- One invoice with its lines: no row when there is none in scope.
-- role: api, jobs
-- $1 uuid: invoice
select i.id, i.version, i.series || '-' || lpad(i.number::text, 6, '0') as number, i.status, s.code as site, f.code as firm, i.month,
    i.dated, i.issued_at, i.currency, i.fee, i.support, i.own_share, i.tax, i.truncation, i.total,
    encode(i.hash, 'hex') as hash, encode(i.prev_hash, 'hex') as prev_hash, fn.invoice_lines(i.id) as lines
  from invoice i
    join site s on s.id = i.site_id
    join firm f on f.id = i.firm_id
  where i.id = $1::uuid;
