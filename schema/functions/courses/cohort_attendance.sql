-- Notes who was at a meeting and who was not; what was noted before is corrected, whoever is not named stays as noted.
-- One row: 'ok' with the cohort, or one row for each refusal:
--   key_reused, not_found, already_cancelled, already_finished, stale_version (limit: the version), unknown_reference (/n,
--   or /present/i and /absent/i: not enrolled), too_early (/n; limit: when the meeting begins)
create function fn.cohort_attendance(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer,
                                     n integer, present uuid[], absent uuid[])
returns setof fn.cohort_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  begins timestamptz;
  c cohort;
  reply fn.cohort_reply;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return next jsonb_populate_record(null::fn.cohort_reply, known);
    return;
  end if;
  select (l.refusal).* into reply from fn.cohort_lock(cohort_attendance.id, cohort_attendance.version) l;
  if reply.outcome is not null then
    return next reply;
    return;
  end if;

  select lower(m.during) into begins from cohort_meeting m where m.cohort_id = cohort_attendance.id and m.n = cohort_attendance.n;
  return query
    select (fn.cohort_refuse('unknown_reference', '/n', null, cohort_attendance.n::text)).* where begins is null
    union all
    select (fn.cohort_refuse('too_early', '/n', fn.instant_text(begins), fn.instant_text(cohort_attendance.at))).*
      where begins > cohort_attendance.at
    union all
    select (fn.cohort_refuse('unknown_reference', format('/%s/%s', d.list, d.i - 1), null,
                             (select p.code from person p where p.id = d.person))).*
      from (select 'present' as list, p.person, p.i from unnest(present) with ordinality p (person, i)
            union all select 'absent', a.person, a.i from unnest(absent) with ordinality a (person, i)) d
      where not exists (select from enrolment e
                          where e.cohort_id = cohort_attendance.id and e.person_id = d.person and e.status = 'enrolled');
  if found then
    return;
  end if;

  insert into attendance as a (cohort_id, n, person_id, is_present, noted_by, noted_at)
    select cohort_attendance.id, cohort_attendance.n, d.person, d.is_present, by_person, cohort_attendance.at
      from (select p as person, true as is_present from unnest(present) p
            union all select p, false from unnest(absent) p) d
    on conflict (cohort_id, n, person_id) do update
      set is_present = excluded.is_present, noted_by = excluded.noted_by, noted_at = excluded.noted_at;
  update cohort set version = cohort.version + 1 where cohort.id = cohort_attendance.id returning * into c;
  reply := fn.cohort_show(c);
  perform fn.key_keep(by_person, cohort_attendance.key, request_hash, cohort_attendance.at, null, to_jsonb(reply));
  return next reply;
end $$;
