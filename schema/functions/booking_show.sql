-- A booking as replies show it. In PL/pgSQL, which keeps its plan: a function in SQL is planned at every call, a fifth of
-- what making a booking costs.
create function fn.booking_show(b booking) returns fn.booking_reply
language plpgsql stable as $$
declare
  shown fn.booking_reply;
begin
  select 'ok', null, null, null, b.id, b.firm_id, f.code, b.resource_id, r.code, b.person_id,
      b.created_by, b.mode, b.starts_at, b.ends_at, b.purpose, b.status, b.price, b.support,
      b.price - b.support, s.currency, b.explain, b.holds, b.override_reason, b.created_at,
      b.cancelled_at, b.cancelled_by, b.cancel_reason, b.version
    into shown
    from resource r
      join site s on s.id = r.site_id
      join firm f on f.id = b.firm_id
    where r.id = b.resource_id;
  return shown;
end $$;
