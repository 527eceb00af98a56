-- Issued invoices with their lines, in the order of issue: with the cursor, every document once. Two branches, of which one
-- runs: of a firm, of all.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
-- Filters, null for any: $3 uuid: firm (a firm's own people always give it); $4 date: month; $5 text: status
select i.id, i.version, i.series || '-' || lpad(i.number::text, 6, '0') as number, i.status, s.code as site, f.code as firm, i.month,
    i.dated, i.issued_at, i.currency, i.fee, i.support, i.own_share, i.tax, i.truncation, i.total,
    encode(i.hash, 'hex') as hash, encode(i.prev_hash, 'hex') as prev_hash, fn.invoice_lines(i.id) as lines,
    i.position::text as cursor
  from (
    (select * from invoice
      where $3::uuid is not null and firm_id = $3::uuid
        and position > fn.cursor_number($2::text, 0)
        and ($4::date is null or month = $4::date)
        and ($5::text is null or status = $5::text)
      order by position limit $1::bigint)
    union all
    (select * from invoice
      where $3::uuid is null
        and position > fn.cursor_number($2::text, 0)
        and ($4::date is null or month = $4::date)
        and ($5::text is null or status = $5::text)
      order by position limit $1::bigint)
  ) i
    join site s on s.id = i.site_id
    join firm f on f.id = i.firm_id
  order by i.position
  limit $1::bigint;
