-- Opens a session: for a booking, or (with `resource` and `firm`) for a firm that walked in. It takes the booking's
-- unit, else the first unit that is neither in use nor claimed at the moment. One row: 'ok' with the session, or:
--   busy, key_reused, unknown_reference (/booking), already_started, already_finished, already_cancelled, already_missed,
--   awaits_approval, conflict (/booking: it is only offered), too_early (/booking; limit: from when),
--   those of fn.session_judge, or taken (the unit is in use, somebody else's at the moment, or none is free)
-- Several rows when fn.session_judge has several.
create function fn.session_start(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, booking uuid,
                                 resource uuid, firm uuid)
returns setof fn.session_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  known jsonb := fn.key_known(by_person, key, request_hash);
  locked record;
  b booking;
  faults fn.violation[];
  made session;
  reply fn.session_reply;
  purses bigint[];
begin
  if known is not null then
    return next jsonb_populate_record(reply, known);
    return;
  end if;
  if session_start.booking is not null then
    -- A hold that has expired is taken anew: see fn.session_begins.
    purses := array(select fn.lock_key(4, (h ->> 'budget_id')::uuid, 0)
                      from booking k cross join lateral jsonb_array_elements(k.holds) h where k.id = session_start.booking);
    locked := fn.booking_lock(session_start.booking, null, session_start.at, '{confirmed}', purses);
    b := locked.b;
    if (locked.refusal).outcome = 'not_found' then
      return next fn.session_refuse('unknown_reference', '/booking', null, session_start.booking::text);
      return;
    elsif (locked.refusal).outcome is not null then
      return next fn.session_refuse((locked.refusal).outcome, '/booking', null, b.status);
      return;
    elsif session_start.at < b.check_in_from then
      return next fn.session_refuse('too_early', '/booking', fn.instant_text(b.check_in_from), fn.instant_text(session_start.at));
      return;
    end if;
    faults := fn.session_judge(b, session_start.at);
    if faults <> '{}' then
      return query select r.* from unnest(faults) f, fn.session_refuse(f.code, f.pointer, f.limit_value, f.actual_value) r;
      return;
    end if;
    session_start.resource := b.resource_id;
    session_start.firm := b.firm_id;
  elsif not scope_sees(session_start.firm) then
    raise insufficient_privilege using message = 'the firm is out of scope';
  end if;
  perform fn.claims_lapse(session_start.at, session_start.resource, tstzrange(session_start.at, session_start.at, '[]'));

  insert into session (id, booking_id, firm_id, resource_id, unit_id, technician_id, started_at)
    select session_start.id, b.id, session_start.firm, session_start.resource, u.unit, by_person, session_start.at
      from (select fn.session_unit(session_start.at, session_start.resource, b.id) as unit) u
      where u.unit is not null
    on conflict do nothing
    returning * into made;
  if not found then
    return next fn.session_refuse('taken', case when b.id is null then '/resource' else '/booking' end);
    return;
  end if;
  if b.id is not null then
    perform fn.session_begins(b, session_start.at);
  end if;
  reply := fn.session_show(made);
  insert into event (at, kind, firm_id, object_id, data)
    values (session_start.at, 'session.started', made.firm_id, made.id,
            jsonb_build_object('resource', reply.resource, 'booking', made.booking_id));
  perform fn.key_keep(by_person, key, request_hash, session_start.at, made.firm_id, to_jsonb(reply));
  return next reply;
end $$;
