-- What is wrong with the issued invoices; no row: nothing. Reads them all. For whoever doubts them, from what is stored alone:
--   number    it does not follow the number before it in its series
--   chain     it does not name the hash before it
--   content   its hash is not of its content
--   sums      its lines do not add up to it, or their draws to their support
--   series    the series says that there is another last document (number: which)
create function fn.invoice_chain_faults() returns table (site uuid, series text, number bigint, invoice uuid, fault text)
language sql stable as $$
  with chain as (
    select i as document, i.site_id, i.series, i.number, i.id, i.prev_hash, i.hash,
        lag(i.number, 1, 0::bigint) over by_number as number_before,
        lag(i.hash, 1, decode(repeat('00', 32), 'hex')) over by_number as hash_before
      from invoice i where i.status <> 'draft'
      window by_number as (partition by i.site_id, i.series order by i.number)
  )
  select c.site_id, c.series, c.number, c.id, f.fault
    from chain c
      cross join lateral (values ('number', c.number = c.number_before + 1), ('chain', c.prev_hash = c.hash_before),
                                 ('content', c.hash = fn.invoice_hash(c.document)),
                                 ('sums', fn.invoice_adds_up(c.document))) f (fault, is_right)
    where f.is_right is not true
  union all
  select s.site_id, s.code, s.last_number, null, 'series'
    from series s
      left join lateral (select c.number, c.hash from chain c
                           where c.site_id = s.site_id and c.series = s.code order by c.number desc limit 1) last on true
    where (s.last_number, s.last_hash) is distinct from (last.number, last.hash)
$$;
