-- Gives back what an outage still has from `at` on. Runs as the owner: nobody else writes claims.
create function fn.outage_claims_release(outage uuid, at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'outages need the scope of the whole lab';
  end if;
  update claim c set
      live = lower(c.during) < outage_claims_release.at,
      during = case when lower(c.during) < outage_claims_release.at
                    then c.during * tstzrange(null, outage_claims_release.at) else c.during end
    where c.outage_id = outage and c.live and upper(c.during) > outage_claims_release.at;
end $$;
