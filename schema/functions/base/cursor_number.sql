-- The number in a cursor, which may be a number alone; without one, and for one of another form, `otherwise`.
-- (CASE, not COALESCE: that would keep row security from using an index.)
create function fn.cursor_number(cursor text, otherwise bigint) returns bigint
language sql immutable parallel safe
return case when cursor ~ '(^|-)[0-9]{1,18}$' then substring(cursor from '[0-9]+$')::bigint else otherwise end;
