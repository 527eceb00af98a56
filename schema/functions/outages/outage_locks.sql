-- The keys to hold before an outage takes its units: one for each resource and day.
create function fn.outage_locks(site uuid, resource uuid, starts timestamptz[], ends timestamptz[]) returns bigint[]
language sql stable as $$
  select coalesce(array_agg(distinct k), '{}')
    from (select distinct u.resource_id from fn.outage_units(outage_locks.site, outage_locks.resource) u) r,
      unnest(starts, ends) d (from_at, to_at),
      unnest(fn.lock_days(r.resource_id, d.from_at, d.to_at)) k
$$;
