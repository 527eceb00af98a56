-- Applies the courses. What the file does not name stays.
create function fn.site_put_courses(doc jsonb, at timestamptz) returns fn.put_count
language sql volatile as $$
  with done as (
    insert into course (id, site_id, code, name, room_id, seats, attendance_num, attendance_den, is_active)
      select fn.id_new(at), r.site_id, c.code, c.name, r.id, c.seats, coalesce(c.attendance_num, 1),
          coalesce(c.attendance_den, 1), coalesce(c.is_active, true)
        from fn.doc_rows(doc, 'courses') d
          cross join jsonb_to_record(d.item) as c (code text, name text, room text, seats integer,
            attendance_num integer, attendance_den integer, is_active boolean)
          join resource r on r.code = c.room
      on conflict (code) do update set
      name = excluded.name,
      room_id = excluded.room_id,
      seats = excluded.seats,
      attendance_num = excluded.attendance_num,
      attendance_den = excluded.attendance_den,
      is_active = excluded.is_active
      where (course.name, course.room_id, course.seats, course.attendance_num, course.attendance_den, course.is_active)
        is distinct from (excluded.name, excluded.room_id, excluded.seats, excluded.attendance_num, excluded.attendance_den, excluded.is_active)
      returning xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new), 0::bigint from done
$$;
