-- Gives up what a booking has and books it anew as it is wished. Empty, or what is in the way: then the caller rolls back. For
-- the owner's functions; the caller holds all locks.
create function fn.booking_rebook(b booking, w fn.wish, plan fn.claim_plan, at timestamptz, by_person uuid, reason text)
returns fn.violation[]
language plpgsql volatile as $$
declare
  is_running boolean := b.status = 'started';
  own_units uuid[];
  faults fn.violation[];
  held record;
  changed booking;
begin
  w.firm := b.firm_id;
  w.person := b.person_id;
  faults := fn.booking_judge(booking_rebook.at, w, fn.booking_place(b.firm_id, b.resource_id), b.id);
  if faults <> '{}' and w.is_staff and w.override_reason is not null then
    w.explain := fn.booking_overruled(w.explain, faults);
    faults := '{}';
  end if;
  if w.quote is not null and w.quote is distinct from b.quote_id then
    faults := faults || fn.booking_quote_faults(booking_rebook.at, w);
  end if;
  own_units := array(select c.unit_id from claim c where c.booking_id = b.id and c.live);
  perform fn.claims_release(b.id, null);
  delete from claim c where c.booking_id = b.id;
  plan := fn.claims_kept(w, own_units, plan, is_running);
  faults := fn.claims_take(booking_rebook.at, w, plan, faults);
  if faults <> '{}' then
    return faults;
  elsif w.override_reason is not null and fn.claims_overruled(w) then
    w.explain := fn.booking_overruled(w.explain, array[row('pads', null, null, null)::fn.violation]);
  end if;
  perform fn.budget_release(b.id, booking_rebook.at, 'changed');
  held := fn.budget_hold(w.budgets, w.wanted, w.firm, w.id, booking_rebook.at);
  perform fn.booking_keep(b, 'changed', booking_rebook.at, by_person, booking_rebook.reason);
  update booking k set mode = w.mode, during = tstzrange(w.starts, w.ends), purpose = w.purpose, price = w.price,
      support = held.total, holds = held.holds, explain = w.explain, also = w.also, configuration = w.configuration, quote_id = w.quote,
      override_reason = coalesce(w.override_reason, k.override_reason),
      locked_from = coalesce(w.locked_from, 'infinity'), free_until = coalesce(w.free_until, 'infinity'),
      late_fee = w.late_fee, credits_resale = w.credits_resale, check_in_from = coalesce(w.check_in_from, '-infinity'),
      no_show_at = w.no_show_at, no_show_fee = w.no_show_fee, finishes_itself = w.finishes_itself,
      approvals = case when is_running then k.approvals else w.approvals end,
      approved = case when w.status = 'pending' and not is_running then 0 else k.approved end,
      status = case when k.status in ('started', 'offered') then k.status else w.status end,
      expires_at = case when k.status = 'offered' then least(k.expires_at, w.starts) when is_running then null else w.expires_at end,
      checked_in_at = case when w.starts = k.starts_at then k.checked_in_at end,
      version = k.version + 1
    where k.id = b.id
    returning * into changed;
  perform fn.booking_event(booking_rebook.at, 'booking.changed', changed,
    jsonb_build_object('from', jsonb_build_object('start', fn.instant_text(b.starts_at), 'end', fn.instant_text(b.ends_at)),
                       'status', changed.status, 'freed', fn.spans_json(fn.spans_less(b.during, changed.during))));
  return '{}';
end $$;
