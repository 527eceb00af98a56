-- An instant as refusals show it: RFC 3339 in UTC. Stable, as to_char() is: PostgreSQL then writes the body in its
-- place, where an "immutable" one would be called, and planned, each time.
create function fn.instant_text(at timestamptz) returns text
language sql stable strict parallel safe
return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
