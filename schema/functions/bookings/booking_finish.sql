-- Ends a booking that needs no session, at its end. For the owner's functions.
create function fn.booking_finish(b booking, at timestamptz) returns void
language plpgsql volatile as $$
begin
  perform fn.booking_keep(b, 'finished', booking_finish.at, null, null);
  update booking k set status = 'finished', version = k.version + 1 where k.id = b.id returning * into b;
  perform fn.booking_event(booking_finish.at, 'booking.finished', b);
end $$;
