-- The instant in a cursor made by fn.cursor_of; without one, and for one of another form, `otherwise`.
-- (CASE, not COALESCE: that would keep row security from using an index.)
create function fn.cursor_at(cursor text, otherwise timestamptz) returns timestamptz
language sql immutable parallel safe
return case when cursor ~ '^-?[0-9]{1,17}-.'
            then timestamptz '1970-01-01 00:00:00+00' + substring(cursor from '^-?[0-9]+')::bigint * interval '1 microsecond' else otherwise end;
