-- Makes the booking that is wished for: judge, claims, holds, row, event. One row 'ok' with the booking, or one for each
-- refusal, and nothing is left:
--   busy  somebody else is at it, and this transaction may not wait (see fn.lock)
--   those of fn.booking_judge, unless staff overrule them, of fn.booking_quote_faults and of fn.claims_take
-- Nothing is written before all locks are held and all rules are judged, so that it needs no subtransaction.
-- Runs as the owner: it counts everybody's bookings and lapses what is in the way. Nobody else writes bookings.
create function fn.booking_make(by_person uuid, at timestamptz, w fn.wish) returns setof fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  plan fn.claim_plan;
  place fn.booking_place;
  faults fn.violation[] := '{}';
  held record;
  b booking;
begin
  if not scope_sees(w.firm) then
    raise insufficient_privilege using message = 'the firm is out of scope';
  end if;
  place := fn.booking_place(w.firm, w.resource);
  plan := fn.claims_plan(booking_make.at, w);
  if place.strike_count is not null then
    plan.locks := plan.locks || fn.strikes_due(w.firm, booking_make.at);
  end if;
  -- What can't be had is refused without waiting for anybody.
  if not plan.is_hopeless and not fn.lock(fn.booking_locks(w) || plan.locks, w.id) then
    return next fn.booking_refuse('busy', null);
    return;
  end if;
  if fn.booking_has_rules(w, place) then
    faults := fn.booking_judge(booking_make.at, w, place, null);
    if faults <> '{}' and w.is_staff and w.override_reason is not null then
      w.explain := fn.booking_overruled(w.explain, faults);
      faults := '{}';
    end if;
  end if;
  if w.quote is not null then
    faults := faults || fn.booking_quote_faults(booking_make.at, w);
  end if;
  faults := fn.claims_take(booking_make.at, w, plan, faults);
  if faults <> '{}' then
    return query select * from fn.booking_refusals(faults);
    return;
  end if;

  held := fn.budget_hold(w.budgets, w.wanted, w.firm, w.id, booking_make.at);
  insert into booking (id, firm_id, resource_id, person_id, created_by, mode, during, purpose, status, price, support, holds,
                       explain, override_reason, created_at, also, configuration, quote_id, series_id, locked_from,
                       free_until, late_fee, credits_resale, check_in_from, no_show_at, no_show_fee, finishes_itself,
                       approvals, expires_at)
    values (w.id, w.firm, w.resource, w.person, by_person, w.mode, tstzrange(w.starts, w.ends), w.purpose, w.status, w.price,
            held.total, held.holds, w.explain, w.override_reason, booking_make.at, w.also, w.configuration, w.quote, w.series,
            coalesce(w.locked_from, 'infinity'), coalesce(w.free_until, 'infinity'), w.late_fee, w.credits_resale,
            coalesce(w.check_in_from, '-infinity'), w.no_show_at, w.no_show_fee, w.finishes_itself, w.approvals, w.expires_at)
    returning * into b;
  perform fn.booking_event(booking_make.at, 'booking.created', b, jsonb_build_object('status', b.status), place.resource);
  return next fn.booking_show(b, place);
end $$;
