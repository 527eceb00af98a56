-- Opens a session: for a booking, or (with `resource` and `firm`) for a firm that walked in. It takes the booking's
-- unit, else the first unit that is neither in use nor claimed at the moment. One row: 'ok' with the session, or:
--   key_reused, unknown_reference (/booking), already_started, already_finished, already_cancelled,
--   conflict (the booking was missed), taken (the unit is in use, somebody else's at the moment, or none is free)
create function fn.session_start(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, booking uuid,
                                 resource uuid, firm uuid)
returns fn.session_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  known idempotency;
  b booking;
  wanted_unit uuid;
  made session;
  reply fn.session_reply;
begin
  if key is not null then
    perform fn.key_lock(by_person, session_start.key);
    select i.* into known from idempotency i where i.person_id = by_person and i.key = session_start.key;
    if found then
      if known.request_hash <> session_start.request_hash then
        return fn.session_refuse('key_reused', null);
      end if;
      return jsonb_populate_record(null::fn.session_reply, known.reply);
    end if;
  end if;

  if session_start.booking is not null then
    select * into b from booking where booking.id = session_start.booking for update;
    if not found then
      return fn.session_refuse('unknown_reference', '/booking', null, session_start.booking::text);
    elsif b.status <> 'confirmed' then
      return fn.session_refuse(case b.status when 'cancelled' then 'already_cancelled' when 'started' then 'already_started'
                                             when 'finished' then 'already_finished' else 'conflict' end,
                               '/booking', null, b.status);
    end if;
    session_start.resource := b.resource_id;
    session_start.firm := b.firm_id;
    select u.id into wanted_unit
      from claim c join unit u on u.id = c.unit_id
      where c.booking_id = b.id and c.live and u.resource_id = b.resource_id
        and not exists (select from claim other where other.unit_id = u.id and other.live and other.during @> session_start.at
                                                      and other.booking_id is distinct from b.id);
  else
    select u.id into wanted_unit from unit u
      where u.resource_id = session_start.resource
        and not exists (select from session s
                          where s.unit_id = u.id and tstzrange(s.started_at, s.finished_at) && tstzrange(session_start.at, null))
        and not exists (select from claim c where c.unit_id = u.id and c.live and c.during @> session_start.at)
      order by u.id limit 1;
  end if;

  insert into session (id, booking_id, firm_id, resource_id, unit_id, technician_id, started_at)
    select session_start.id, session_start.booking, session_start.firm, session_start.resource, wanted_unit, by_person,
        session_start.at
      where wanted_unit is not null
    on conflict do nothing
    returning * into made;
  if not found then
    return fn.session_refuse('taken', case when session_start.booking is null then '/resource' else '/booking' end);
  end if;
  update booking set status = 'started', version = version + 1 where booking.id = session_start.booking;
  -- A hold that expired before somebody came is taken anew, as far as there still is money.
  perform fn.budget_hold(array_agg((h ->> 'budget_id')::uuid order by n), array_agg((h ->> 'wanted')::bigint order by n), b.firm_id,
                         b.id, session_start.at)
    from jsonb_array_elements(b.holds) with ordinality d (h, n)
    where not exists (select from budget_entry e where e.booking_id = b.id having sum(e.amount) < 0)
    having count(*) > 0;
  reply := fn.session_show(made);
  insert into event (at, kind, firm_id, object_id, data)
    values (session_start.at, 'session.started', made.firm_id, made.id,
            jsonb_build_object('resource', reply.resource, 'booking', made.booking_id));
  if key is not null then
    insert into idempotency (person_id, key, firm_id, request_hash, reply, at)
      values (by_person, session_start.key, made.firm_id, session_start.request_hash, to_jsonb(reply), session_start.at);
  end if;
  return reply;
end $$;
