-- Stores a price for a booking that is not made, after all that fn.booking_make would say of it: `w.id` is the quote's. One row
-- 'ok' with the quote, or one for each refusal: busy, key_reused, stale_catalogue, and those of fn.booking_make.
-- Without support held: `support` is what would be held now. A trial stores nothing.
create function fn.quote_create(by_person uuid, key text, request_hash bytea, at timestamptz, catalogue_version bigint,
                                is_trial boolean, expires_at timestamptz, w fn.wish)
returns setof fn.quote_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  current_version bigint;
  tried fn.booking_reply;
  reply fn.quote_reply;
begin
  reply := jsonb_populate_record(null::fn.quote_reply, fn.key_known(by_person, key, request_hash));
  if reply.outcome is not null then
    return next reply;
    return;
  end if;
  select c.version into current_version from catalogue c;
  if current_version <> catalogue_version then
    reply.outcome := 'stale_catalogue';
    reply.limit_value := current_version;
    reply.actual_value := catalogue_version;
    return next reply;
    return;
  end if;
  for tried in select * from fn.booking_try(by_person, quote_create.at, w) loop
    reply := fn.quote_show(tried, quote_create.at, quote_create.expires_at);
    if tried.outcome = 'ok' and not is_trial then
      insert into quote (id, firm_id, resource_id, also, person_id, mode, during, price, support, explain, made_at, expires_at)
        values (w.id, w.firm, w.resource, w.also, w.person, w.mode, tstzrange(w.starts, w.ends), tried.price, tried.support,
                tried.explain, quote_create.at, quote_create.expires_at);
      perform fn.key_keep(by_person, key, request_hash, quote_create.at, w.firm, to_jsonb(reply));
    end if;
    return next reply;
  end loop;
end $$;
