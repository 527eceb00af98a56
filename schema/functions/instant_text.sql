-- An instant as refusals show it: RFC 3339 in UTC.
create function fn.instant_text(at timestamptz) returns text
language sql immutable strict parallel safe
return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
