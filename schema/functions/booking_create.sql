-- Makes a booking in one statement: idempotency, catalogue guard, claims, budget holds, row, event, reply.
-- C has checked the rules against the catalogue of `catalogue_version`; what only the database can know is
-- settled here. One row: 'ok' with the booking, or a refusal that leaves nothing behind:
--   key_reused       the key was used with another body
--   stale_catalogue  the catalogue has changed since (limit: its version): renew it and try again
--   taken            no unit is free (pointer /start, or /mode when it is the operator; actual: resource)
create function fn.booking_create(
  by_person uuid, key text, request_hash bytea, at timestamptz, catalogue_version bigint,
  id uuid, firm uuid, resource uuid, person uuid, mode text,
  starts timestamptz, ends timestamptz, claim_from timestamptz, claim_to timestamptz,
  also_resources uuid[], purpose text, price bigint, explain jsonb, override_reason text,
  budgets uuid[], wanted bigint[])
returns fn.booking_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  current_version bigint;
  missing uuid;
  held record;
  made booking;
  reply fn.booking_reply;
begin
  reply := fn.booking_known(by_person, key, request_hash);
  if reply.outcome is not null then
    return reply;
  end if;

  select c.version into current_version from catalogue c;
  if current_version <> catalogue_version then
    return fn.booking_refuse('stale_catalogue', null, current_version::text, catalogue_version::text);
  end if;

  missing := fn.claims_take(also_resources || resource, tstzrange(claim_from, claim_to), booking_create.id);
  if missing is not null then
    return fn.booking_refuse('taken', case when missing = resource then '/start' else '/mode' end, null,
                             (select r.code from resource r where r.id = missing));
  end if;

  held := fn.budget_hold(budgets, wanted, firm, booking_create.id, booking_create.at);
  insert into booking (id, firm_id, resource_id, person_id, created_by, mode, during, purpose, status, price,
                       support, holds, explain, override_reason, created_at)
    values (booking_create.id, firm, resource, person, by_person, booking_create.mode,
            tstzrange(starts, ends), booking_create.purpose, 'confirmed', booking_create.price, held.total,
            held.holds, booking_create.explain, booking_create.override_reason, booking_create.at)
    returning * into made;
  reply := fn.booking_show(made);
  insert into event (at, kind, firm_id, object_id, data)
    values (booking_create.at, 'booking.created', firm, booking_create.id,
            jsonb_build_object('resource', reply.resource, 'start', fn.instant_text(starts),
                               'end', fn.instant_text(ends)));
  if key is not null then
    insert into idempotency (person_id, key, firm_id, request_hash, reply, at)
      values (by_person, booking_create.key, firm, booking_create.request_hash, to_jsonb(reply), booking_create.at);
  end if;
  return reply;
end $$;
