-- A booking as replies show it; with `place` where the caller has it. In PL/pgSQL, which keeps its plan: a function in SQL is
-- planned at every call, a fifth of what making a booking costs.
create function fn.booking_show(b booking, place fn.booking_place default null) returns fn.booking_reply
language plpgsql stable as $$
declare
  codes text[] := '{}';
begin
  if place is null then
    place := fn.booking_place(b.firm_id, b.resource_id);
  end if;
  if b.also <> '{}' then
    codes := array(select o.code from unnest(b.also) with ordinality a (id, n) join resource o on o.id = a.id order by a.n);
  end if;
  return row('ok', null, null, null, b.id, b.firm_id, place.firm, b.resource_id, place.resource, b.person_id,
             b.created_by, b.mode, b.starts_at, b.ends_at, b.purpose, b.status, b.price, b.support,
             b.price - b.support, place.currency, b.explain, b.holds, codes, b.configuration, b.quote_id, b.series_id, b.approvals,
             b.approved, b.expires_at, nullif(b.locked_from, 'infinity'), nullif(b.free_until, 'infinity'), b.late_fee,
             b.no_show_at, b.no_show_fee, b.checked_in_at, b.missed_at, b.fee, b.fee_kind, b.override_reason, b.created_at,
             b.cancelled_at, b.cancelled_by, b.cancel_reason, b.version)::fn.booking_reply;
end $$;
