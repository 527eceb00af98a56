-- The id in a cursor, which may be an id alone; null without one, and for one of another form.
create function fn.cursor_id(cursor text) returns uuid
language sql immutable parallel safe
return case when cursor ~ '(^|-)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then right(cursor, 36)::uuid end;
