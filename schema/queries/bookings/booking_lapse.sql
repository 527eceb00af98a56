-- Applies to a booking what time has done to it, with the time at which it was due. False: nothing was due, or it is not
-- decided yet. See functions/bookings/booking_lapse.sql.
-- role: jobs
-- $1 uuid: booking; $2 timestamptz: now
select fn.booking_lapse($1::uuid, $2::timestamptz) as has_lapsed;
