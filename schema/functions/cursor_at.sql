-- The instant in a cursor made by fn.cursor_of; null without one, and for one of another form.
create function fn.cursor_at(cursor text) returns timestamptz
language sql immutable parallel safe
return case when cursor ~ '^-?[0-9]{1,17}-.'
            then timestamptz '1970-01-01 00:00:00+00' + substring(cursor from '^-?[0-9]+')::bigint * interval '1 microsecond' end;
