-- When the meter first saw the booking's resource run for it, not before its start; null when it did not until no_show_at. A run
-- that began in somebody else's session is theirs.
create function fn.booking_run_seen(b booking) returns timestamptz
language sql stable as $$
  select greatest(s.started_at, b.starts_at)
    from span s
    where s.resource_id = b.resource_id and s.state = 'run' and s.started_at < b.no_show_at
      and (s.ended_at is null or s.ended_at > case when isfinite(b.check_in_from) then b.check_in_from else b.starts_at end)
      and not exists (select from session o
                        where o.resource_id = b.resource_id and o.booking_id is distinct from b.id
                          and tstzrange(o.started_at, o.finished_at) @> s.started_at)
    order by s.started_at limit 1
$$;
