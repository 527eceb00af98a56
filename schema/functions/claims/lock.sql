-- Takes advisory locks until the end of the transaction, in the order of their keys, before the first write. The first one in
-- a transaction who asks (`whose`: a wish's or a booking's id) may wait for them, and may ask again; any other only tries, so
-- that nobody waits while others' writes wait for them. False: somebody else holds one; nothing was done, and the statement
-- says `busy`.
create function fn.lock(keys bigint[], whose uuid) returns boolean
language plpgsql volatile as $$
declare
  first_one text := coalesce(current_setting('labtab.holds_locks', true), '');
  may_wait boolean := first_one in ('', whose::text);
  key bigint;
begin
  if first_one = '' then
    first_one := set_config('labtab.holds_locks', whose::text, true);
  end if;
  if cardinality(keys) > 1 then
    keys := array(select distinct k from unnest(keys) k order by k);
  end if;
  foreach key in array keys loop
    if not pg_try_advisory_xact_lock(key) then
      if not may_wait then
        return false;
      end if;
      perform pg_advisory_xact_lock(key);
    end if;
  end loop;
  return true;
end $$;
