-- Firms in scope, by code.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
select id, code, name, registration_number, is_blocked, code as cursor
  from firm
  where code > coalesce($2::text, '')
  order by code
  limit $1::bigint;
