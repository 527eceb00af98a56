-- Changes a booking to what is wished (w.id is the booking's): moved, shrunk, extended, with other resources. It keeps its id,
-- firm, resource and person; what it was is kept. One row 'ok' with the booking, or one for each refusal, and the old booking
-- stands:
--   busy, key_reused, stale_catalogue; those of fn.booking_lock, fn.booking_change_refusal, fn.booking_judge (unless staff
--   overrule them) and fn.claims_take
-- A trial is rolled back and keeps no key. The new time has to fit before the old one is given up: both in a block that is
-- rolled back when it doesn't.
create function fn.booking_change(by_person uuid, key text, request_hash bytea, at timestamptz, catalogue_version bigint,
                                  is_trial boolean, version integer, reason text, w fn.wish)
returns setof fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  current_version bigint;
  plan fn.claim_plan;
  locked record;
  reply fn.booking_reply;
  faults fn.violation[];
begin
  reply := fn.booking_known(by_person, key, request_hash);
  if reply.outcome is not null then
    return next reply;
    return;
  end if;
  select c.version into current_version from catalogue c;
  if current_version <> catalogue_version then
    return next fn.booking_refuse('stale_catalogue', null, current_version::text, catalogue_version::text);
    return;
  end if;
  plan := fn.claims_plan(booking_change.at, w);
  locked := fn.booking_lock(w.id, booking_change.version, booking_change.at, '{offered,pending,confirmed,started}',
                            fn.booking_locks(w) || plan.locks || fn.firm_due(w.firm, booking_change.at));
  reply := locked.refusal;
  if reply.outcome is null then
    reply := fn.booking_change_refusal(locked.b, w, booking_change.at, by_person, reason);
  end if;
  if reply.outcome is not null then
    return next reply;
    return;
  end if;

  begin
    faults := fn.booking_rebook(locked.b, w, plan, booking_change.at, by_person, reason);
    if faults = '{}' then
      reply := fn.booking_show(k) from booking k where k.id = w.id;
    end if;
    if is_trial or faults <> '{}' then
      raise exception using errcode = 'LT001', message = 'not to be kept';
    end if;
  exception when sqlstate 'LT001' then
    null;
  end;
  if faults <> '{}' then
    return query select * from fn.booking_refusals(faults);
    return;
  end if;
  if not is_trial then
    perform fn.key_keep(by_person, key, request_hash, booking_change.at, reply.firm_id, to_jsonb(reply));
  end if;
  return next reply;
end $$;
