-- Ends an outage at `ends` (now or later, before its own end), and with `following` those of its series that come later. What
-- it has from then on is free, but for other outages there. One row: 'ok' with the outage, or a refusal:
--   busy, key_reused, not_found, stale_version (limit: the version), already_finished (limit: when),
--   in_the_past (/at; limit: now), too_large (/at; limit: its end)
create function fn.outage_end(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer,
                              ends timestamptz, following boolean)
returns fn.outage_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  o outage;
  other outage;
  reply fn.outage_reply;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return jsonb_populate_record(null::fn.outage_reply, known);
  end if;
  ends := coalesce(ends, outage_end.at);
  if not fn.lock(array(select k
                         from outage w
                           join outage u on u.id = w.id or following and u.series_id = w.series_id and u.starts_at > w.starts_at
                           cross join lateral unnest(fn.outage_locks(u.site_id, u.resource_id, array[u.starts_at], array[u.ends_at])) k
                         where w.id = outage_end.id and u.ended_at is null and u.ends_at > outage_end.at), outage_end.id) then
    reply.outcome := 'busy';
    return reply;
  end if;
  select * into o from outage u where u.id = outage_end.id for update;
  select r.* into reply from fn.outage_end_refusal(o, outage_end.version, outage_end.at, ends) r;
  if reply.outcome is not null then
    return reply;
  end if;

  for o in
    select * from outage u
      where u.id = outage_end.id
         or (following and u.series_id = o.series_id and u.starts_at > o.starts_at and u.ended_at is null)
      order by u.starts_at, u.id for update
  loop
    update outage u set ended_at = ends, ended_by = by_person, version = u.version + 1 where u.id = o.id;
    perform fn.outage_claims_release(o.id, ends);
    insert into event (at, kind, object_id, data)
      select outage_end.at, 'outage.ended', o.id,
          jsonb_build_object('site', s.site, 'resource', s.resource, 'title', s.title,
                             'freed', jsonb_build_array(jsonb_build_object(
                                'start', fn.instant_text(greatest(o.starts_at, ends)), 'end', fn.instant_text(o.ends_at))))
        from fn.outage_show(o) s;
  end loop;
  -- Others that were under it take over.
  for other in
    select * from outage u
      where u.site_id = o.site_id and u.ended_at is null and u.ends_at > ends
      order by u.starts_at, u.id
  loop
    perform fn.outage_claims_take(other, ends);
  end loop;
  select * into o from outage u where u.id = outage_end.id;
  reply := fn.outage_show(o);
  perform fn.key_keep(by_person, outage_end.key, request_hash, outage_end.at, null, to_jsonb(reply));
  return reply;
end $$;
