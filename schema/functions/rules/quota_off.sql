-- Part of a local day, in minutes of the clock, as an instants' span. Nothing where it begins in an hour that the clock leaves out
-- and ends before that would have begun.
create function fn.quota_off(zone text, day timestamp, from_min integer, to_min integer) returns tstzmultirange
language sql stable
return (select tstzmultirange(tstzrange(o.begins, greatest(o.begins, o.ends)))
          from (select (day + from_min * interval '1 minute') at time zone zone as begins,
                    (day + to_min * interval '1 minute') at time zone zone as ends) o);
