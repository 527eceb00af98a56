-- Declines a pending booking (as who may approve its next step, with a reason), or an offer to the waiting list (as its firm,
-- or staff). It is cancelled, free of charge. One row: 'ok' with the booking, or a refusal:
--   key_reused, those of fn.booking_lock, forbidden (limit: the role whose step it is), missing_field (/reason)
create function fn.booking_decline(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer,
                                   roles text[], reason text)
returns fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  locked record;
  b booking;
  reply fn.booking_reply;
  role text;
begin
  reply := fn.booking_known(by_person, key, request_hash);
  if reply.outcome is not null then
    return reply;
  end if;
  locked := fn.booking_lock(booking_decline.id, booking_decline.version, booking_decline.at, '{pending,offered}');
  b := locked.b;
  reply := locked.refusal;
  if reply.outcome is not null then
    return reply;
  end if;
  if b.status = 'pending' then
    role := b.approvals[b.approved + 1];
    if not roles && array[role, 'admin'] then
      return fn.booking_refuse('forbidden', null, role);
    elsif coalesce(reason, '') = '' then
      return fn.booking_refuse('missing_field', '/reason');
    end if;
    insert into booking_approval (booking_id, version, step, firm_id, role, person_id, is_approved, reason, at)
      values (b.id, b.version, b.approved + 1, b.firm_id, role, by_person, false, booking_decline.reason, booking_decline.at);
  end if;
  b := fn.booking_void(b, booking_decline.at, by_person, coalesce(nullif(reason, ''), 'declined'), 0);
  return fn.booking_reply_keep(by_person, key, request_hash, booking_decline.at, b);
end $$;
