-- Minutes of a wall clock's "09:00"; up to "48:00" for what ends on the next day. Null for another form.
create function fn.doc_minutes(clock text) returns smallint
language sql immutable
return case when clock ~ '^([0-3][0-9]|4[0-7]):[0-5][0-9]$' or clock = '48:00'
            then (left(clock, 2)::integer * 60 + right(clock, 2)::integer)::smallint end;
