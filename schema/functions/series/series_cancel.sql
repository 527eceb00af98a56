-- Cancels those bookings of a series that start at `from_at` or later, each by its own terms: what can't be cancelled any more
-- is kept, and listed with the reason. One row: 'ok' with what became of each, or
--   busy, key_reused, not_found, stale_version (limit: the version)
create function fn.series_cancel(by_person uuid, key text, request_hash bytea, at timestamptz, id uuid, version integer,
                                 from_at timestamptz, is_staff boolean, reason text)
returns fn.series_cancelled
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  s booking_series;
  one record;
  done fn.booking_reply;
  reply fn.series_cancelled;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return jsonb_populate_record(null::fn.series_cancelled, known);
  end if;
  select * into s from booking_series r where r.id = series_cancel.id for update;
  if not found then
    reply.outcome := 'not_found';
    return reply;
  elsif s.version <> series_cancel.version then
    reply.outcome := 'stale_version';
    reply.limit_value := s.version::text;
    reply.actual_value := series_cancel.version::text;
    return reply;
  elsif not fn.lock(array(select k from booking b, unnest(fn.booking_touches(b.id)) k
                            where b.series_id = s.id and b.starts_at >= coalesce(from_at, series_cancel.at)), s.id) then
    reply.outcome := 'busy';
    return reply;
  end if;

  reply.cancelled := '[]';
  reply.kept := '[]';
  for one in
    select b.id, b.version, b.starts_at from booking b
      where b.series_id = s.id and b.starts_at >= coalesce(from_at, series_cancel.at)
        and b.status in ('offered', 'pending', 'confirmed')
      order by b.starts_at, b.id
  loop
    done := fn.booking_cancel(by_person, null, null, series_cancel.at, one.id, one.version, is_staff, reason, false);
    if done.outcome = 'busy' then
      raise serialization_failure using message = 'a booking of the series is held';
    elsif done.outcome = 'ok' then
      reply.cancelled := reply.cancelled || jsonb_build_object('id', one.id, 'start', fn.instant_text(one.starts_at),
                                                               'fee', done.fee);
    else
      reply.kept := reply.kept || jsonb_build_object('id', one.id, 'start', fn.instant_text(one.starts_at), 'violations',
        fn.violations_json(array[row(done.outcome, done.pointer, done.limit_value, done.actual_value)::fn.violation]));
    end if;
  end loop;
  update booking_series r set version = r.version + 1 where r.id = s.id returning r.version into reply.version;
  reply.outcome := 'ok';
  reply.id := s.id;
  insert into event (at, kind, firm_id, object_id, data)
    values (series_cancel.at, 'series.cancelled', s.firm_id, s.id,
            jsonb_build_object('cancelled', jsonb_array_length(reply.cancelled), 'kept', jsonb_array_length(reply.kept),
                               'reason', nullif(reason, '')));
  perform fn.key_keep(by_person, key, request_hash, series_cancel.at, s.firm_id, to_jsonb(reply));
  return reply;
end $$;
