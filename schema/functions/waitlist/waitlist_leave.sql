-- Takes an entry off the waiting list; an offer that is still open is declined with it. One row: 'ok' with the entry, or:
--   key_reused, not_found, stale_version (limit: the version), not_waiting (taken, left or expired: actual)
create function fn.waitlist_leave(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer)
returns fn.waitlist_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb := fn.key_known(by_person, key, request_hash);
  e waitlist_entry;
  reply fn.waitlist_reply;
begin
  if known is not null then
    return jsonb_populate_record(null::fn.waitlist_reply, known);
  end if;
  select * into e from waitlist_entry w where w.id = waitlist_leave.id;
  if not found then
    return fn.waitlist_refuse('not_found', null);
  elsif e.version <> waitlist_leave.version then
    return fn.waitlist_refuse('stale_version', null, e.version::text, waitlist_leave.version::text);
  elsif e.status = 'offered' then -- the booking is locked before the entry, as everywhere
    perform fn.booking_decline(by_person, null, null, waitlist_leave.at, b.id, b.version, '{}', null)
      from booking b where b.id = e.booking_id;
  end if;
  update waitlist_entry w set status = 'left', version = w.version + 1
    where w.id = e.id and w.status = 'waiting' and w.latest - w.duration_s * interval '1 second' >= waitlist_leave.at
    returning w.* into e;
  if not found then
    select * into e from waitlist_entry w where w.id = waitlist_leave.id;
    return fn.waitlist_refuse('not_waiting', null, null, case e.status when 'waiting' then 'expired' else e.status end);
  end if;
  perform fn.waitlist_event(waitlist_leave.at, 'waitlist.left', e);
  reply := fn.waitlist_show(e);
  perform fn.key_keep(by_person, key, request_hash, waitlist_leave.at, e.firm_id, to_jsonb(reply));
  return reply;
end $$;
