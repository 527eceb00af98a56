-- A booking in scope as an event of a feed. The lab's feeds name the firm.
create function fn.feed_booking(b booking) returns fn.feed_event
language sql stable as $$
  select row(b.id::text || '@labtab', b.version::bigint,
             (select greatest(b.created_at, b.cancelled_at, max(h.at)) from booking_history h where h.booking_id = b.id),
             b.starts_at, b.ends_at,
             case when b.status in ('offered', 'pending') then 'tentative'
                  when b.status in ('cancelled', 'missed') then 'cancelled' else 'confirmed' end,
             concat_ws(', ', r.name, case when scope_sees(null) then f.name end, p.name),
             concat_ws(E'\n', b.purpose, b.configuration, nullif(b.status, 'confirmed')),
             s.name, 'booking')::fn.feed_event
    from resource r
      join site s on s.id = r.site_id
      join firm f on f.id = b.firm_id
      left join person p on p.id = b.person_id
    where r.id = b.resource_id
$$;
