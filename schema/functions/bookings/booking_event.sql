-- Tells what happened to a booking; `more` is added to its data.
create function fn.booking_event(at timestamptz, kind text, b booking, more jsonb default '{}') returns void
language plpgsql volatile as $$
begin
  insert into event (at, kind, firm_id, object_id, data)
    select booking_event.at, booking_event.kind, b.firm_id, b.id,
        jsonb_build_object('resource', r.code, 'start', fn.instant_text(b.starts_at), 'end', fn.instant_text(b.ends_at)) || more
      from resource r where r.id = b.resource_id;
end $$;
