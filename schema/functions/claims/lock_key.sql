-- The key of an advisory lock. Its class comes first in the order in which locks are taken:
--   1 an Idempotency-Key  2 a holder's bookings under a quota  3 a resource on a day  4 a budget
create function fn.lock_key(class integer, id uuid, detail bigint) returns bigint
language sql immutable parallel safe
return (class::bigint << 60) | (uuid_hash_extended(id, detail) & 1152921504606846975);
