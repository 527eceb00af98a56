-- The explanation of a booking with the codes of the rules that staff overruled.
create function fn.booking_overruled(explain jsonb, faults fn.violation[]) returns jsonb
language sql immutable
return jsonb_set(explain, '{overrides}', coalesce(explain -> 'overrides', '[]')
                 || (select jsonb_agg(distinct f.code) from unnest(faults) f));
