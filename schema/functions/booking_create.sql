-- Makes a booking in one statement: idempotency, catalogue guard, and what fn.booking_make does. C has checked the rules
-- against the catalogue of `catalogue_version`. One row 'ok' with the booking, or one for each refusal, and nothing is left:
--   busy             somebody else is at it, and this transaction may not wait: alone it may
--   key_reused       the key was used with another body
--   stale_catalogue  the catalogue has changed since (limit: its version): renew it and try again
--   those of fn.booking_make
-- A trial does the same and is rolled back, and keeps no key: what would be booked, or what is in its way.
create function fn.booking_create(by_person uuid, key text, request_hash bytea, at timestamptz, catalogue_version bigint,
                                  is_trial boolean, w fn.wish)
returns setof fn.booking_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  current_version bigint;
  reply fn.booking_reply;
begin
  if key is not null then
    if not fn.lock(array[fn.lock_key(1, by_person, hashtextextended(key, 0))], w.id) then
      return next fn.booking_refuse('busy', null);
      return;
    end if;
    reply := fn.booking_known(by_person, key, request_hash);
    if reply.outcome is not null then
      return next reply;
      return;
    end if;
  end if;
  select c.version into current_version from catalogue c;
  if current_version <> catalogue_version then
    return next fn.booking_refuse('stale_catalogue', null, current_version::text, catalogue_version::text);
    return;
  end if;

  if is_trial then
    return query select * from fn.booking_try(by_person, booking_create.at, w);
    return;
  end if;
  for reply in select * from fn.booking_make(by_person, booking_create.at, w) loop
    if reply.outcome = 'ok' then
      perform fn.key_keep(by_person, key, request_hash, booking_create.at, w.firm, to_jsonb(reply));
    end if;
    return next reply;
  end loop;
end $$;
