-- Plans a cohort of a course: its meetings, and the seats of the room for each of them, all or none. One row: 'ok' with the
-- cohort, or one row for each refusal:
--   key_reused, unknown_reference (/course), not_bookable (/course: it is given no more),
--   too_large (/seats; limit: the units that the room has), in_the_past (/meetings/i/start), taken (/meetings/i)
create function fn.cohort_create(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, course text,
                                 seats integer, starts timestamptz[], ends timestamptz[])
returns setof fn.cohort_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  wanted course;
  unit_count integer;
  made cohort;
  reply fn.cohort_reply;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return next jsonb_populate_record(null::fn.cohort_reply, known);
    return;
  end if;

  select * into wanted from course c where c.code::text = cohort_create.course or c.id::text = cohort_create.course;
  if not found then
    return next fn.cohort_refuse('unknown_reference', '/course', null, cohort_create.course);
    return;
  end if;
  seats := coalesce(cohort_create.seats, wanted.seats);
  select count(*) into unit_count from unit u where u.resource_id = wanted.room_id;
  return query
    select (fn.cohort_refuse('not_bookable', '/course', null, wanted.code)).*
      where not wanted.is_active or not exists (select from resource r where r.id = wanted.room_id and r.is_active)
    union all
    select (fn.cohort_refuse('too_large', '/seats', unit_count::text, cohort_create.seats::text)).*
      where cohort_create.seats > unit_count
    union all
    select (fn.cohort_refuse('in_the_past', format('/meetings/%s/start', d.n - 1), fn.instant_text(cohort_create.at),
                             fn.instant_text(d.from_at))).*
      from unnest(starts) with ordinality d (from_at, n) where d.from_at < cohort_create.at;
  if found then
    return;
  end if;
  if not fn.lock(fn.cohort_locks(cohort_create.at, wanted.room_id, seats, starts, ends), cohort_create.id) then
    return next fn.cohort_refuse('busy', null);
    return;
  end if;
  return query
    select (fn.cohort_refuse('taken', format('/meetings/%s', n - 1), null, r.code)).*
      from unnest(fn.cohort_claims_take(cohort_create.at, cohort_create.id, wanted.room_id, seats, starts, ends)) n
        join resource r on r.id = wanted.room_id
      order by n;
  if found then
    return;
  end if;

  insert into cohort (id, course_id, seats, status, created_by, created_at)
    values (cohort_create.id, wanted.id, cohort_create.seats, 'open', by_person, cohort_create.at)
    returning * into made;
  insert into cohort_meeting (cohort_id, n, during)
    select made.id, row_number() over (order by d.from_at), tstzrange(d.from_at, d.to_at)
      from unnest(starts, ends) d (from_at, to_at);
  reply := fn.cohort_show(made);
  insert into event (at, kind, object_id, data)
    values (cohort_create.at, 'cohort.created', made.id,
            jsonb_build_object('course', reply.course, 'room', reply.room, 'meetings', reply.meetings));
  perform fn.key_keep(by_person, cohort_create.key, request_hash, cohort_create.at, null, to_jsonb(reply));
  return next reply;
end $$;
