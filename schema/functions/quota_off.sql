-- Part of a local day, in minutes of the clock, as an instants' span.
create function fn.quota_off(zone text, day timestamp, from_min integer, to_min integer) returns tstzmultirange
language sql stable
return tstzmultirange(tstzrange((day + from_min * interval '1 minute') at time zone zone,
                                (day + to_min * interval '1 minute') at time zone zone));
