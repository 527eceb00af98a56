-- Keeps what a booking is, before it becomes something else. `kind`: of the change.
create function fn.booking_keep(b booking, kind text, at timestamptz, by_person uuid, reason text) returns void
language sql volatile as $$
  insert into booking_history (booking_id, version, firm_id, kind, at, person_id, reason, was)
    values (b.id, b.version, b.firm_id, booking_keep.kind, booking_keep.at, by_person, booking_keep.reason,
            jsonb_build_object('start', fn.instant_text(b.starts_at), 'end', fn.instant_text(b.ends_at),
              'resource', (select r.code from resource r where r.id = b.resource_id),
              'also', array(select o.code from unnest(b.also) with ordinality a (id, n) join resource o on o.id = a.id order by a.n),
              'mode', b.mode, 'purpose', b.purpose, 'configuration', b.configuration, 'price', b.price, 'support', b.support,
              'status', b.status))
$$;
