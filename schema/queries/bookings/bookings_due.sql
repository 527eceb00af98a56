-- Bookings that time itself changes: offers and approvals that expire, no-shows, rooms at their end. Pages by (due_at, id), so
-- that one which is not decided yet keeps nothing behind it waiting.
-- role: jobs
-- $1 bigint: most rows; $2 timestamptz: now; $3 timestamptz and $4 uuid: due_at and id of the last row seen, or null
select b.id, b.due_at
  from booking b
  where b.due_at <= $2::timestamptz
    and (b.due_at, b.id) > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
  order by b.due_at, b.id
  limit $1::bigint;
