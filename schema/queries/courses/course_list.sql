-- Courses and what they open, in the order in which they were made.
-- role: api
-- $1 bigint: most rows; $2 text: cursor of the last row seen, or null
select c.id, c.code, c.name, r.code as room, c.seats,
    jsonb_build_object('num', c.attendance_num, 'den', c.attendance_den) as attendance, c.is_active,
    coalesce((select jsonb_agg(jsonb_build_object('resource', o.code, 'validity_s', g.validity_s) order by o.code)
                from course_grant g join resource o on o.id = g.resource_id where g.course_id = c.id), '[]') as grants,
    c.id::text as cursor
  from course c join resource r on r.id = c.room_id
  where c.id > fn.cursor_id($2::text, '00000000-0000-0000-0000-000000000000')
  order by c.id
  limit $1::bigint;
