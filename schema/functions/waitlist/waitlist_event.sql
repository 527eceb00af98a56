-- Tells what happened to an entry of the waiting list; `more` is added to its data.
create function fn.waitlist_event(at timestamptz, kind text, e waitlist_entry, more jsonb default '{}') returns void
language plpgsql volatile as $$
begin
  insert into event (at, kind, firm_id, object_id, data)
    values (waitlist_event.at, waitlist_event.kind, e.firm_id, e.id,
            jsonb_build_object('resource', (select r.code from resource r where r.id = e.resource_id), 'person', e.person_id) || more);
end $$;
