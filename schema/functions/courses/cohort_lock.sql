-- Locks a cohort, so that its places are given out one at a time, and says why it does not take the change: an outcome with
-- not_found, already_cancelled, already_finished or stale_version (limit: the version); null when it does. Without
-- `version` any will do.
create function fn.cohort_lock(cohort uuid, version integer, out c cohort, out refusal fn.cohort_reply)
language plpgsql volatile as $$
begin
  select * into c from cohort k where k.id = cohort_lock.cohort for update;
  if not found then
    refusal := fn.cohort_refuse('not_found', null);
  elsif c.status <> 'open' then
    refusal := fn.cohort_refuse('already_' || c.status, null, null, c.status);
  elsif c.version <> cohort_lock.version then
    refusal := fn.cohort_refuse('stale_version', null, c.version::text, cohort_lock.version::text);
  end if;
end $$;
