-- Names of a quality's bits, as lib/metering/sample.h numbers them; none: good.
create function fn.quality_names(quality integer) returns text[]
language sql immutable strict parallel safe
return array(select n.name
               from unnest(array['estimated', 'recovered', 'suspect', 'clock', 'power_down', 'gap', 'ambiguous', 'restart'])
                 with ordinality n (name, bit)
               where quality & (1 << (n.bit - 1)::integer) <> 0
               order by n.bit);
