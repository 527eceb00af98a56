-- Notes that a booking's person used its resource. For the owner's functions.
create function fn.qualification_used(b booking, at timestamptz) returns void
language sql volatile as $$
  insert into qualification_use as q (person_id, resource_id, firm_id, last_used_at)
    select p.id, b.resource_id, p.firm_id, at from person p where p.id = b.person_id
    on conflict (person_id, resource_id) do update set last_used_at = greatest(q.last_used_at, excluded.last_used_at)
$$;
