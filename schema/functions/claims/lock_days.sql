-- Keys of a resource on every day (UTC) that a span touches: whoever writes claims there holds them, so that claims are never
-- waited for. Spans are bounded by the length of a booking, or by whoever makes them.
create function fn.lock_days(resource uuid, from_at timestamptz, to_at timestamptz) returns bigint[]
language plpgsql immutable as $$
declare
  keys bigint[] := '{}';
  first_day integer := (from_at at time zone 'UTC')::date - date '2000-01-01';
  last_day integer := ((to_at - interval '1 microsecond') at time zone 'UTC')::date - date '2000-01-01';
begin
  for day in first_day .. last_day loop
    keys := keys || fn.lock_key(3, resource, day);
  end loop;
  return keys;
end $$;
