-- When a session that is still open counts as forgotten: 12 hours after the end of its booking; after its start where that is
-- later, or where it has none.
create function fn.session_forgotten_at(s session) returns timestamptz
language sql stable
return greatest(s.started_at, (select b.ends_at from booking b where b.id = s.booking_id)) + interval '12 hours';
