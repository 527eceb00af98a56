-- Sites by code; `cursor`: of the next page, after this row.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
select id, code, name, zone, currency, code as cursor
  from site
  where $2::text is null or code > $2::text
  order by code limit $1::bigint;
