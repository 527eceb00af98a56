-- Firms in scope, by code.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
select id, code, name, registration_number, is_blocked, code as cursor
  from firm
  where code > case when $2::text is null then '' else $2::text end
  order by code
  limit $1::bigint;
