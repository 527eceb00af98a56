-- What fn.booking_make would say. Nothing is left of it, locks neither.
create function fn.booking_try(by_person uuid, at timestamptz, w fn.wish) returns setof fn.booking_reply
language plpgsql volatile as $$
declare
  replies fn.booking_reply[];
begin
  begin
    replies := array(select m from fn.booking_make(by_person, booking_try.at, w) m);
    raise exception using errcode = 'LT001', message = 'a trial';
  exception when sqlstate 'LT001' then
    null;
  end;
  return query select * from unnest(replies);
end $$;
