-- Cancels a booking that has not begun: releases its claims and holds. With `is_staff` (the lab's people) a
-- reason is needed for somebody else's. One row: 'ok' with the booking, or a refusal:
--   key_reused, not_found, stale_version (limit: the version), already_cancelled, already_started,
--   already_finished, conflict (missed), in_the_past (the start has passed), missing_field (/reason)
create function fn.booking_cancel(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid,
                                  version integer, is_staff boolean, reason text)
returns fn.booking_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  b booking;
  reply fn.booking_reply;
begin
  reply := fn.booking_known(by_person, key, request_hash);
  if reply.outcome is not null then
    return reply;
  end if;

  select * into b from booking where booking.id = booking_cancel.id for update;
  if not found then
    return fn.booking_refuse('not_found', null);
  elsif b.status <> 'confirmed' then
    return fn.booking_refuse(case b.status when 'cancelled' then 'already_cancelled' when 'started' then 'already_started'
                                           when 'finished' then 'already_finished' else 'conflict' end,
                             null, null, b.status);
  elsif b.version <> booking_cancel.version then
    return fn.booking_refuse('stale_version', null, b.version::text, booking_cancel.version::text);
  elsif b.starts_at <= booking_cancel.at then
    return fn.booking_refuse('in_the_past', null, fn.instant_text(booking_cancel.at), fn.instant_text(b.starts_at));
  elsif is_staff and by_person not in (b.person_id, b.created_by) and coalesce(reason, '') = '' then
    return fn.booking_refuse('missing_field', '/reason');
  end if;

  update booking set status = 'cancelled', cancelled_at = booking_cancel.at, cancelled_by = by_person,
      cancel_reason = nullif(booking_cancel.reason, ''), version = booking.version + 1
    where booking.id = b.id
    returning * into b;
  perform fn.claims_release(b.id);
  perform fn.budget_release(b.id, booking_cancel.at, 'cancelled');
  reply := fn.booking_show(b);
  insert into event (at, kind, firm_id, object_id, data)
    values (booking_cancel.at, 'booking.cancelled', b.firm_id, b.id,
            jsonb_build_object('resource', reply.resource, 'start', fn.instant_text(b.starts_at),
                               'end', fn.instant_text(b.ends_at), 'reason', b.cancel_reason));
  if key is not null then
    insert into idempotency (person_id, key, firm_id, request_hash, reply, at)
      values (by_person, booking_cancel.key, b.firm_id, booking_cancel.request_hash, to_jsonb(reply), booking_cancel.at);
  end if;
  return reply;
end $$;
