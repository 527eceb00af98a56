-- Is there anything for fn.booking_judge to ask?
create function fn.booking_has_rules(w fn.wish, place fn.booking_place) returns boolean
language sql immutable
return w.quotas <> '{}' or w.gap_s > 0 or w.unused_limit_s is not null or w.never_used_limit_s is not null
       or place.strike_count is not null or place.unpaid_grace_s is not null;
