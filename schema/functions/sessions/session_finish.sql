-- Closes a session, and its booking: what is left of the booked time is free again. One row: 'ok' with the session, or:
--   busy, key_reused, not_found, already_finished, stale_version (limit: the version), conflict (before its start)
create function fn.session_finish(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer,
                                  sample_count integer, operator_s integer, result text, notes text)
returns fn.session_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  known jsonb := fn.key_known(by_person, key, request_hash);
  s session;
  reply fn.session_reply;
begin
  if known is not null then
    return jsonb_populate_record(reply, known);
  end if;
  select * into s from session k where k.id = session_finish.id and scope_sees(k.firm_id);
  if not found then
    return fn.session_refuse('not_found', null);
  elsif s.booking_id is not null and not fn.lock(fn.booking_touches(s.booking_id), s.booking_id) then
    return fn.session_refuse('busy', null);
  end if;
  select * into s from session k where k.id = session_finish.id for no key update;
  s := fn.session_forget(s, session_finish.at);
  if s.finished_at is not null then
    return fn.session_refuse('already_finished', null);
  elsif s.version <> session_finish.version then
    return fn.session_refuse('stale_version', null, s.version::text, session_finish.version::text);
  elsif session_finish.at < s.started_at then
    return fn.session_refuse('conflict', null, fn.instant_text(s.started_at), fn.instant_text(session_finish.at));
  end if;

  update session k set finished_at = session_finish.at, sample_count = session_finish.sample_count,
      operator_s = session_finish.operator_s, outcome = session_finish.result, notes = session_finish.notes,
      version = k.version + 1
    where k.id = s.id
    returning * into s;
  reply := fn.session_show(s);
  insert into event (at, kind, firm_id, object_id, data)
    values (session_finish.at, 'session.finished', s.firm_id, s.id,
            jsonb_build_object('resource', reply.resource, 'booking', s.booking_id,
                               'freed', fn.session_ends(s.booking_id, session_finish.at)));
  perform fn.key_keep(by_person, key, request_hash, session_finish.at, s.firm_id, to_jsonb(reply));
  return reply;
end $$;
