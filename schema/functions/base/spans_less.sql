-- What is left of a span without another one: up to two parts.
create function fn.spans_less(span tstzrange, less tstzrange) returns tstzrange[]
language sql immutable
return array[span * tstzrange(null, lower(less)), span * tstzrange(upper(less), null)];
