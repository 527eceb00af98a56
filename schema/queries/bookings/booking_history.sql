-- What a booking was before each of its changes, newest first; then `cursor`: no row without the booking, one of nulls without
-- changes. `kind`: changed, approved, accepted, checked_in, cancelled, missed or finished; `version` is the one that was replaced;
-- person null: time itself did it. `was` has start, end, resource, also, mode, purpose, configuration, price, support and status.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null; $3 uuid: booking
select h.version, h.kind, h.at, h.person_id, h.reason, h.was, h.version::text as cursor
  from booking b
    left join lateral (select * from booking_history
                         where booking_id = b.id and version < fn.cursor_number($2::text, 9223372036854775807)
                         order by version desc limit $1::bigint) h on true
  where b.id = $3::uuid
  order by h.version desc;
