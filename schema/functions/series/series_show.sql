-- A series as replies show it, with its bookings as they are now: price and support are those of the ones that stand.
create function fn.series_show(s booking_series) returns fn.series_reply
language sql stable as $$
  select row('ok', null, null, null, s.id, s.version, f.code, r.code, s.person_id, s.created_by, s.rrule,
             s.starts_local at time zone i.zone, s.duration_s::bigint, s.on_conflict, s.made::bigint, b.price, b.support,
             i.currency, s.skipped, s.created_at, b.list)::fn.series_reply
    from firm f, resource r join site i on i.id = r.site_id,
      (select coalesce(sum(k.price) filter (where k.status not in ('cancelled', 'missed')), 0)::bigint as price,
           coalesce(sum(k.support) filter (where k.status not in ('cancelled', 'missed')), 0)::bigint as support,
           coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'start', fn.instant_text(k.starts_at),
             'end', fn.instant_text(k.ends_at), 'status', k.status, 'price', k.price, 'support', k.support)
             order by k.starts_at, k.id), '[]') as list
         from booking k where k.series_id = s.id) b
    where f.id = s.firm_id and r.id = s.resource_id
$$;
