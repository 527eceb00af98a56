-- Makes the booking that is wished for, for statements that have looked at key and catalogue. One row 'ok' with the booking, or
-- one for each refusal, and nothing is left: see fn.booking_book. Runs as the owner: nobody else writes bookings.
create function fn.booking_make(by_person uuid, at timestamptz, w fn.wish) returns setof fn.booking_reply
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made record;
begin
  made := fn.booking_book(by_person, booking_make.at, w);
  if made.faults <> '{}' then
    return query select * from fn.booking_refusals(made.faults);
  else
    return next made.reply;
  end if;
end $$;
