-- What the end of a session does to its booking, if it has one: it is finished, its person used the resource until now, and the
-- rest of its time is free. Returns that, as events show it. For the owner's functions.
create function fn.session_ends(booking uuid, at timestamptz) returns jsonb
language plpgsql volatile as $$
declare
  b booking;
begin
  update booking k set status = 'finished', version = k.version + 1 where k.id = booking returning * into b;
  if not found then
    return '[]';
  end if;
  perform fn.claims_release(b.id, session_ends.at);
  perform fn.qualification_used(b, session_ends.at);
  return fn.spans_json(array[b.during * tstzrange(session_ends.at, null)]);
end $$;
