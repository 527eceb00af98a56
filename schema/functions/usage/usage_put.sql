-- Stores a session's usage with its evidence. Doing it again changes nothing. One row: 'ok' and the usage's id (the first
-- one's), or not_found, or conflict (the session has not finished). `at` is the session's end, `made_at` when this is done.
create function fn.usage_put(
  at timestamptz, made_at timestamptz, id uuid, session uuid, metered_from timestamptz, metered_to timestamptz, metered_s bigint,
  unobserved_s bigint, energy_mwh bigint, billable_s bigint, charge_basis text, quality bigint, held_reason text,
  spans bigint[], span_from timestamptz[], span_to timestamptz[], span_energy bigint[])
returns table (outcome text, pointer text, limit_value text, actual_value text, usage_id uuid, is_new boolean)
language plpgsql volatile as $$
#variable_conflict use_column
declare
  s session;
begin
  select * into s from session where session.id = usage_put.session for no key update;
  if not found or s.finished_at is null then
    outcome := case when s.id is null then 'not_found' else 'conflict' end;
    return next;
    return;
  end if;
  insert into usage (id, session_id, booking_id, firm_id, resource_id, reserved, logged, metered_from, metered_to, metered_s,
                     unobserved_s, energy_mwh, billable_s, charge_basis, quality, status, held_reason, service_day,
                     made_at)
    select usage_put.id, s.id, s.booking_id, s.firm_id, s.resource_id, b.during, tstzrange(s.started_at, s.finished_at, '[]'),
        usage_put.metered_from, usage_put.metered_to, usage_put.metered_s, usage_put.unobserved_s, usage_put.energy_mwh,
        usage_put.billable_s, usage_put.charge_basis, usage_put.quality,
        case when usage_put.held_reason is null then 'ready' else 'held' end, usage_put.held_reason,
        (s.started_at at time zone t.zone)::date, usage_put.made_at
      from resource r
        join site t on t.id = r.site_id
        left join booking b on b.id = s.booking_id
      where r.id = s.resource_id
    on conflict (session_id) do nothing;
  is_new := found;
  outcome := 'ok';
  select u.id into usage_id from usage u where u.session_id = s.id;
  update session set has_usage = true where session.id = s.id;
  if is_new then
    insert into usage_span (usage_id, span_id, from_at, to_at, energy_mwh)
      select usage_put.id, n.span, n.from_at, n.to_at, n.energy
        from unnest(spans, span_from, span_to, span_energy) as n (span, from_at, to_at, energy);
    insert into event (at, kind, firm_id, object_id, data)
      values (usage_put.at, case when usage_put.held_reason is null then 'usage.ready' else 'usage.held' end, s.firm_id, usage_id,
              jsonb_build_object('session', s.id, 'booking', s.booking_id, 'billable_s', usage_put.billable_s,
                                 'held_reason', usage_put.held_reason));
  end if;
  return next;
end $$;
