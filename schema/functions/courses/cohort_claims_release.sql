-- Gives back what a cohort still has of its room from `at` on; the spans, as events show them.
-- Runs as the owner, for a caller who sees everything: nobody else writes claims.
create function fn.cohort_claims_release(cohort uuid, at timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  freed jsonb;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'courses need the scope of the whole lab';
  end if;
  if not fn.lock(array(select k
                         from claim c join unit u on u.id = c.unit_id
                           cross join lateral unnest(fn.lock_days(u.resource_id, lower(c.during), upper(c.during))) k
                         where c.cohort_id = cohort and c.live and upper(c.during) > cohort_claims_release.at), cohort) then
    raise lock_not_available using message = 'the cohort''s room is locked by another transaction, and this one may not wait';
  end if;
  update claim c set
      live = lower(c.during) < cohort_claims_release.at,
      during = case when lower(c.during) < cohort_claims_release.at
                    then c.during * tstzrange(null, cohort_claims_release.at) else c.during end
    where c.cohort_id = cohort and c.live and upper(c.during) > cohort_claims_release.at;
  select fn.spans_json(array_agg(m.during * tstzrange(cohort_claims_release.at, null))) into freed
    from cohort_meeting m where m.cohort_id = cohort_claims_release.cohort;
  return freed;
end $$;
