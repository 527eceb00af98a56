-- Books a wish: judge, claims, holds, row, event. The reply, or what is in the way, and then nothing is left:
--   busy  somebody else is at it, and this transaction may not wait (see fn.lock)
--   those of fn.booking_judge, unless staff overrule them, of fn.booking_quote_faults and of fn.claims_take
-- Nothing is written before all locks are held and all rules are judged, so that it needs no subtransaction.
-- For the owner's functions: it counts everybody's bookings and lapses what is in the way.
create function fn.booking_book(by_person uuid, at timestamptz, w fn.wish, out reply fn.booking_reply, out faults fn.violation[])
language plpgsql volatile as $$
#variable_conflict use_column
declare
  place fn.booking_place;
  plan fn.claim_plan;
  holds jsonb := '[]';
  support bigint := 0;
  held record;
  b booking;
begin
  if not scope_sees(w.firm) then
    raise insufficient_privilege using message = 'the firm is out of scope';
  end if;
  faults := '{}';
  place := fn.booking_place(w.firm, w.resource);
  plan := fn.claims_plan(booking_book.at, w);
  if place.strike_count is not null or w.gap_s > 0 then
    plan.locks := plan.locks || fn.firm_due(w.firm, booking_book.at);
  end if;
  -- What can't be had is refused without waiting for anybody.
  if not plan.is_hopeless and not fn.lock(fn.booking_locks(w) || plan.locks, w.id) then
    faults := array[row('busy', null, null, null)::fn.violation];
    return;
  end if;
  if fn.booking_has_rules(w, place) then
    faults := fn.booking_judge(booking_book.at, w, place, null);
    if faults <> '{}' and w.is_staff and w.override_reason is not null then
      w.explain := fn.booking_overruled(w.explain, faults);
      faults := '{}';
    end if;
  end if;
  if w.quote is not null then
    faults := faults || fn.booking_quote_faults(booking_book.at, w);
  end if;
  faults := fn.claims_take(booking_book.at, w, plan, faults);
  if faults <> '{}' then
    return;
  elsif w.override_reason is not null and fn.claims_overruled(w) then
    w.explain := fn.booking_overruled(w.explain, array[row('pads', null, null, null)::fn.violation]);
  end if;

  if w.budgets <> '{}' then
    held := fn.budget_hold(w.budgets, w.wanted, w.firm, w.id, booking_book.at);
    holds := held.holds;
    support := held.total;
  end if;
  insert into booking (id, firm_id, resource_id, person_id, created_by, mode, during, purpose, status, price, support, holds,
                       explain, override_reason, created_at, also, configuration, quote_id, series_id, locked_from,
                       free_until, late_fee, credits_resale, check_in_from, no_show_at, no_show_fee, finishes_itself,
                       approvals, expires_at)
    values (w.id, w.firm, w.resource, w.person, by_person, w.mode, tstzrange(w.starts, w.ends), w.purpose, w.status, w.price,
            support, holds, w.explain, w.override_reason, booking_book.at, w.also, w.configuration, w.quote, w.series,
            coalesce(w.locked_from, 'infinity'), coalesce(w.free_until, 'infinity'), w.late_fee, w.credits_resale,
            coalesce(w.check_in_from, '-infinity'), w.no_show_at, w.no_show_fee, w.finishes_itself, w.approvals, w.expires_at)
    returning * into b;
  insert into event (at, kind, firm_id, object_id, data)
    values (booking_book.at, 'booking.created', w.firm, w.id,
            jsonb_build_object('resource', place.resource, 'start', fn.instant_text(w.starts), 'end', fn.instant_text(w.ends),
                               'status', w.status));
  reply := fn.booking_show(b, place);
end $$;
