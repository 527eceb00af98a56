-- A booking as replies show it.
create function fn.booking_show(b booking) returns fn.booking_reply
language sql stable
return (select row('ok', null, null, null, b.id, b.firm_id, f.code, b.resource_id, r.code, b.person_id,
                   b.created_by, b.mode, b.starts_at, b.ends_at, b.purpose, b.status, b.price, b.support,
                   b.price - b.support, s.currency, b.explain, b.holds, b.override_reason, b.created_at,
                   b.cancelled_at, b.cancelled_by, b.cancel_reason, b.version)::fn.booking_reply
        from resource r
          join site s on s.id = r.site_id
          join firm f on f.id = b.firm_id
        where r.id = b.resource_id);
