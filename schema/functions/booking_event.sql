-- Tells what happened to a booking; `more` is added to its data. `resource`: its code, where the caller has it.
create function fn.booking_event(at timestamptz, kind text, b booking, more jsonb default '{}', resource text default null)
returns void
language plpgsql volatile as $$
begin
  if resource is null then
    select r.code into resource from resource r where r.id = b.resource_id;
  end if;
  insert into event (at, kind, firm_id, object_id, data)
    values (booking_event.at, booking_event.kind, b.firm_id, b.id,
            jsonb_build_object('resource', booking_event.resource, 'start', fn.instant_text(b.starts_at),
                               'end', fn.instant_text(b.ends_at)) || more);
end $$;
