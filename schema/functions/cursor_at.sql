-- The instant in a cursor; without one, and with one of a wrong form, before everything.
create function fn.cursor_at(cursor text) returns timestamptz
language sql immutable parallel safe
return case when cursor ~ '^-?[0-9]{1,17}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
            then timestamptz '1970-01-01 00:00:00+00' + substring(cursor from '^-?[0-9]+')::bigint * interval '1 microsecond'
            else '-infinity' end;
