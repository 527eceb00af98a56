-- The id in a cursor; without one, and with one of a wrong form, the lowest.
create function fn.cursor_id(cursor text) returns uuid
language sql immutable parallel safe
return case when cursor ~ '^-?[0-9]{1,17}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
            then right(cursor, 36)::uuid else '00000000-0000-0000-0000-000000000000' end;
