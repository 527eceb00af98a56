-- Makes a booking in one statement: idempotency, catalogue guard, and what fn.booking_make does. C has checked the rules
-- against the catalogue of `catalogue_version`. One row 'ok' with the booking, or one for each refusal, and nothing is left:
--   busy             somebody else is at it, and this transaction may not wait: alone it may
--   key_reused       the key was used with another body
--   stale_catalogue  the catalogue has changed since (limit: its version): renew it and try again
--   those of fn.booking_make
-- A trial does the same and is rolled back, and keeps no key: what would be booked, or what is in its way.
--
-- Runs as the owner: nobody else writes bookings. One search path for all that it calls, since a plan made under another one is
-- made anew.
create function fn.booking_create(by_person uuid, key text, request_hash bytea, at timestamptz, catalogue_version bigint,
                                  is_trial boolean, w fn.wish)
returns setof fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  current_version bigint;
  is_known boolean;
  made record;
  reply fn.booking_reply;
begin
  if key is not null and not fn.lock(array[fn.lock_key(1, by_person, hashtextextended(key, 0))], w.id) then
    return next fn.booking_refuse('busy', null);
    return;
  end if;
  select c.version, i.key is not null into current_version, is_known
    from catalogue c left join idempotency i on i.person_id = by_person and i.key = booking_create.key;
  if is_known then
    return next fn.booking_known(by_person, key, request_hash);
    return;
  end if;
  if current_version <> catalogue_version then
    return next fn.booking_refuse('stale_catalogue', null, current_version::text, catalogue_version::text);
    return;
  elsif is_trial then
    return query select * from fn.booking_try(by_person, booking_create.at, w);
    return;
  end if;

  made := fn.booking_book(by_person, booking_create.at, w);
  if made.faults <> '{}' then
    return query select * from fn.booking_refusals(made.faults);
    return;
  end if;
  reply := made.reply;
  if key is not null then
    insert into idempotency (person_id, key, firm_id, request_hash, reply, at)
      values (by_person, booking_create.key, w.firm, booking_create.request_hash, to_jsonb(reply), booking_create.at);
  end if;
  return next reply;
end $$;
