-- A quote as replies show it, of the booking that it is for; or the same refusal.
create function fn.quote_show(b fn.booking_reply, at timestamptz, expires_at timestamptz) returns fn.quote_reply
language sql immutable
return row(b.outcome, b.pointer, b.limit_value, b.actual_value, b.id, b.firm, b.resource, b.also, b.person_id, b.mode, b."start",
           b."end", b.price, b.support, b.own_share, b.currency, b.explain, case when b.outcome = 'ok' then at end,
           case when b.outcome = 'ok' then expires_at end)::fn.quote_reply;
