-- A booking as replies show it. In PL/pgSQL, which keeps its plan: a function in SQL is planned at every call, a fifth of
-- what making a booking costs.
create function fn.booking_show(b booking) returns fn.booking_reply
language plpgsql stable as $$
declare
  codes text[] := '{}';
  shown fn.booking_reply;
begin
  if b.also <> '{}' then
    codes := array(select o.code from unnest(b.also) with ordinality a (id, n) join resource o on o.id = a.id order by a.n);
  end if;
  select 'ok', null, null, null, b.id, b.firm_id, f.code, b.resource_id, r.code, b.person_id,
      b.created_by, b.mode, b.starts_at, b.ends_at, b.purpose, b.status, b.price, b.support,
      b.price - b.support, s.currency, b.explain, b.holds, codes, b.configuration, b.quote_id, b.series_id, b.approvals,
      b.approved, b.expires_at, nullif(b.locked_from, 'infinity'), nullif(b.free_until, 'infinity'), b.late_fee,
      b.no_show_at, b.no_show_fee, b.checked_in_at, b.missed_at, b.fee, b.fee_kind, b.override_reason, b.created_at,
      b.cancelled_at, b.cancelled_by, b.cancel_reason, b.version
    into shown
    from resource r
      join site s on s.id = r.site_id
      join firm f on f.id = b.firm_id
    where r.id = b.resource_id;
  return shown;
end $$;
