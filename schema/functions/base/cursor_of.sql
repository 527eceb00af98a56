-- The cursor of a list that is ordered by an instant and an id or number: microseconds, a dash, the id.
create function fn.cursor_of(at timestamptz, id text) returns text
language sql immutable strict parallel safe
return (extract(epoch from at) * 1000000)::bigint::text || '-' || id;
