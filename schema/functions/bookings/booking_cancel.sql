-- Cancels a booking that has not begun: its claims and holds are free again. One row: 'ok' with the booking, or a refusal:
--   key_reused, those of fn.booking_lock, in_the_past (the start has passed), locked (limit: since when the firm's people
--   can't), missing_field (/reason: of staff, for somebody else's), forbidden (/waive_fee: by others than staff)
-- Free until free_until, by staff, and of what is not confirmed; later the booking's late fee falls due.
create function fn.booking_cancel(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer,
                                  is_staff boolean, reason text, waive_fee boolean)
returns fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  locked record;
  b booking;
  reply fn.booking_reply;
  is_free boolean;
begin
  reply := fn.booking_known(by_person, key, request_hash);
  if reply.outcome is not null then
    return reply;
  end if;
  locked := fn.booking_lock(booking_cancel.id, booking_cancel.version, booking_cancel.at, '{offered,pending,confirmed}');
  b := locked.b;
  reply := locked.refusal;
  if reply.outcome is not null then
    return reply;
  elsif b.starts_at <= booking_cancel.at then
    return fn.booking_refuse('in_the_past', null, fn.instant_text(booking_cancel.at), fn.instant_text(b.starts_at));
  elsif not is_staff and waive_fee then
    return fn.booking_refuse('forbidden', '/waive_fee');
  elsif not is_staff and b.status = 'confirmed' and booking_cancel.at >= b.locked_from then
    return fn.booking_refuse('locked', null, fn.instant_text(b.locked_from), fn.instant_text(booking_cancel.at));
  elsif is_staff and by_person not in (b.person_id, b.created_by) and coalesce(reason, '') = '' then
    return fn.booking_refuse('missing_field', '/reason');
  end if;
  is_free := is_staff or b.status <> 'confirmed' or booking_cancel.at <= b.free_until;
  b := fn.booking_void(b, booking_cancel.at, by_person, nullif(reason, ''), case when is_free then 0 else b.late_fee end);
  return fn.booking_reply_keep(by_person, key, request_hash, booking_cancel.at, b);
end $$;
