-- Puts somebody on the waiting list. C has refused what no time can cure. One row: 'ok' with the entry, or:
--   key_reused, already_waiting (for the same resource and time)
create function fn.waitlist_join(
  by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, firm uuid, person uuid, resource uuid, also uuid[],
  mode text, earliest timestamptz, latest timestamptz, duration_s bigint, purpose text, configuration text)
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
  insert into waitlist_entry (id, firm_id, person_id, created_by, resource_id, also, mode, earliest, latest, duration_s, purpose,
                              configuration, status, created_at)
    values (waitlist_join.id, firm, person, by_person, resource, waitlist_join.also, waitlist_join.mode, waitlist_join.earliest,
            waitlist_join.latest, waitlist_join.duration_s, waitlist_join.purpose, waitlist_join.configuration, 'waiting',
            waitlist_join.at)
    on conflict (person_id, resource_id, earliest, latest) where status in ('waiting', 'offered') do nothing
    returning * into e;
  if not found then
    return fn.waitlist_refuse('already_waiting', null);
  end if;
  perform fn.waitlist_event(waitlist_join.at, 'waitlist.joined', e);
  reply := fn.waitlist_show(e);
  perform fn.key_keep(by_person, key, request_hash, waitlist_join.at, firm, to_jsonb(reply));
  return reply;
end $$;
