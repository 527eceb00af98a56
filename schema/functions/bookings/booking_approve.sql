-- Agrees to the next step of a pending booking's approvals; after the last one it is confirmed. One row: 'ok' with the
-- booking, or a refusal: key_reused, those of fn.booking_lock, forbidden (limit: the role whose step it is)
create function fn.booking_approve(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer,
                                   roles text[], reason text)
returns fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  locked record;
  b booking;
  reply fn.booking_reply;
  step integer;
begin
  reply := fn.booking_known(by_person, key, request_hash);
  if reply.outcome is not null then
    return reply;
  end if;
  locked := fn.booking_lock(booking_approve.id, booking_approve.version, booking_approve.at, '{pending}');
  b := locked.b;
  reply := locked.refusal;
  if reply.outcome is not null then
    return reply;
  end if;
  step := b.approved + 1;
  if not roles && array[b.approvals[step], 'admin'] then
    return fn.booking_refuse('forbidden', null, b.approvals[step]);
  end if;
  insert into booking_approval (booking_id, version, step, firm_id, role, person_id, is_approved, reason, at)
    values (b.id, b.version, step, b.firm_id, b.approvals[step], by_person, true, booking_approve.reason, booking_approve.at);
  perform fn.booking_keep(b, 'approved', booking_approve.at, by_person, booking_approve.reason);
  update booking k set approved = step, version = k.version + 1,
      status = case when step = cardinality(k.approvals) then 'confirmed' else k.status end,
      expires_at = case when step < cardinality(k.approvals) then k.expires_at end
    where k.id = b.id
    returning * into b;
  perform fn.booking_event(booking_approve.at, 'booking.approved', b,
                           jsonb_build_object('role', b.approvals[step], 'status', b.status));
  return fn.booking_reply_keep(by_person, key, request_hash, booking_approve.at, b);
end $$;
