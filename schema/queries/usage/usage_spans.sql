-- What the meters saw of a resource between two instants, in order. The end of the span that is still open is how far it was
-- observed.
-- role: jobs
-- $1 uuid: resource; $2, $3 timestamptz: from and to
select s.id, s.ordinal, s.state, s.started_at, coalesce(s.ended_at, greatest(o.observed_until, s.started_at)) as ended_at,
    s.energy_mwh, s.quality
  from span s left join run_state o on o.resource_id = s.resource_id
  where s.resource_id = $1::uuid and s.started_at < $3::timestamptz and (s.ended_at is null or s.ended_at > $2::timestamptz)
  order by s.ordinal;
