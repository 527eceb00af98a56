-- Closes a session, and its booking: what is left of the booked time is free again. One row: 'ok' with the session, or:
--   key_reused, not_found, already_finished, stale_version (limit: the version), conflict (before its start)
create function fn.session_finish(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer,
                                  sample_count integer, operator_s integer, result text, notes text)
returns fn.session_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  known idempotency;
  s session;
  reply fn.session_reply;
begin
  if key is not null then
    perform fn.key_lock(by_person, session_finish.key);
    select i.* into known from idempotency i where i.person_id = by_person and i.key = session_finish.key;
    if found then
      if known.request_hash <> session_finish.request_hash then
        return fn.session_refuse('key_reused', null);
      end if;
      return jsonb_populate_record(null::fn.session_reply, known.reply);
    end if;
  end if;

  select * into s from session where session.id = session_finish.id for update;
  if not found then
    return fn.session_refuse('not_found', null);
  elsif s.finished_at is not null then
    return fn.session_refuse('already_finished', null);
  elsif s.version <> session_finish.version then
    return fn.session_refuse('stale_version', null, s.version::text, session_finish.version::text);
  elsif session_finish.at < s.started_at then
    return fn.session_refuse('conflict', null, fn.instant_text(s.started_at), fn.instant_text(session_finish.at));
  end if;

  update session set finished_at = session_finish.at, sample_count = session_finish.sample_count,
      operator_s = session_finish.operator_s, outcome = session_finish.result, notes = session_finish.notes,
      version = session.version + 1
    where session.id = s.id
    returning * into s;
  update booking set status = 'finished', version = booking.version + 1 where booking.id = s.booking_id;
  perform fn.claims_release(s.booking_id, session_finish.at);
  reply := fn.session_show(s);
  insert into event (at, kind, firm_id, object_id, data)
    values (session_finish.at, 'session.finished', s.firm_id, s.id,
            jsonb_build_object('resource', reply.resource, 'booking', s.booking_id));
  if key is not null then
    insert into idempotency (person_id, key, firm_id, request_hash, reply, at)
      values (by_person, session_finish.key, s.firm_id, session_finish.request_hash, to_jsonb(reply), session_finish.at);
  end if;
  return reply;
end $$;
