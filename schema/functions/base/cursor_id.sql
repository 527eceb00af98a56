-- The id in a cursor, which may be an id alone; without one, and for one of another form, `otherwise`.
-- (CASE, not COALESCE: that would keep row security from using an index.)
create function fn.cursor_id(cursor text, otherwise uuid) returns uuid
language sql immutable parallel safe
return case when cursor ~ '(^|-)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then right(cursor, 36)::uuid else otherwise end;
