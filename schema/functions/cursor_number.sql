-- The number in a cursor, which may be a number alone; null without one, and for one of another form.
create function fn.cursor_number(cursor text) returns bigint
language sql immutable parallel safe
return case when cursor ~ '(^|-)[0-9]{1,18}$' then substring(cursor from '[0-9]+$')::bigint end;
