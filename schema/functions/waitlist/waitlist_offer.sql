-- Offers a slot to who waits: the wish, whose status is `offered`, becomes a booking of theirs that expires. Columns of
-- fn.booking_reply: 'ok' with the booking, or a row for each refusal, and nothing is left:
--   not_waiting      the entry has left, or has an offer
--   stale_catalogue  the rules have changed since (limit: the catalogue's version)
--   those of fn.booking_make: somebody was faster, or a rule that only the database knows is in the way
-- Runs as the owner, for the jobs.
create function fn.waitlist_offer(entry uuid, at timestamptz, catalogue_version bigint, w fn.wish)
returns setof fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  current_version bigint;
  e waitlist_entry;
  reply fn.booking_reply;
begin
  select c.version into current_version from catalogue c;
  if current_version <> catalogue_version then
    return next fn.booking_refuse('stale_catalogue', null, current_version::text, catalogue_version::text);
    return;
  end if;
  select * into e from waitlist_entry k where k.id = entry and k.status = 'waiting' and scope_sees(k.firm_id) for no key update;
  if not found then
    return next fn.booking_refuse('not_waiting', null);
    return;
  end if;
  for reply in select * from fn.booking_make(e.created_by, waitlist_offer.at, w) loop
    if reply.outcome = 'ok' then
      update waitlist_entry k set status = 'offered', booking_id = w.id, offer_count = k.offer_count + 1, version = k.version + 1
        where k.id = e.id;
      perform fn.waitlist_event(waitlist_offer.at, 'waitlist.offered', e, jsonb_build_object(
        'booking', w.id, 'start', fn.instant_text(w.starts), 'end', fn.instant_text(w.ends),
        'expires_at', fn.instant_text(w.expires_at)));
    end if;
    return next reply;
  end loop;
end $$;
