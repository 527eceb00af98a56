-- Makes outages of a resource, or (null) of the whole site: all of them, or none. Without `force` bookings in the way keep
-- them from being made; with it those are cancelled free of charge. One row: 'ok' with the first outage, or refusals:
--   busy, key_reused
--   not_bookable  /resource: it has no units
--   too_large     /end; limit: `most` resources and days that may be taken at once
--   conflict      /start; a booking that has started (actual: its id) is never cancelled; limit: from when it is in the way
--   taken         /start; without force a booking (actual: its id), always a course (actual: the cohort); limit: from when
-- Where another outage is already, nothing is in the way; the time is taken for this one when the other ends.
create function fn.outage_create(by_person uuid, key text, request_hash bytea, at timestamptz, ids uuid[], site uuid,
                                 resource uuid, kind text, title text, starts timestamptz[], ends timestamptz[], force boolean,
                                 reason text, most bigint)
returns setof fn.outage_made
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  keys bigint[];
  way record;
  displaced uuid[] := '{}';
  made outage[];
  is_whole boolean := true;
  reply fn.outage_made;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return next jsonb_populate_record(null::fn.outage_made, known);
    return;
  end if;
  keys := fn.outage_locks(outage_create.site, outage_create.resource, starts, ends);
  if cardinality(keys) = 0 or cardinality(keys) > most then
    return next case when keys = '{}' then fn.outage_refuse('not_bookable', '/resource')
                     else fn.outage_refuse('too_large', '/end', most::text, cardinality(keys)::text) end;
    return;
  elsif not fn.lock(keys || fn.outage_touches(outage_create.site, outage_create.resource, starts, ends), ids[1]) then
    return next fn.outage_refuse('busy', null);
    return;
  end if;

  for way in
    select w.booking_id, w.cohort_id, w.from_at, b.status
      from fn.outage_in_the_way(outage_create.site, outage_create.resource, outage_create.at, starts, ends) w
        left join booking b on b.id = w.booking_id
  loop
    if force and way.status in ('offered', 'pending', 'confirmed') then
      displaced := displaced || way.booking_id;
    else
      return next fn.outage_refuse(case when way.status = 'started' then 'conflict' else 'taken' end, '/start',
                                   fn.instant_text(way.from_at), coalesce(way.booking_id, way.cohort_id)::text);
      is_whole := false;
    end if;
  end loop;
  if not is_whole then
    return;
  end if;

  -- Who has come since is only tried for: nobody waits twice.
  keys := array(select k from unnest(displaced) d, unnest(fn.booking_touches(d)) k);
  if not fn.lock(keys, displaced[1]) then
    return next fn.outage_refuse('busy', null);
    return;
  end if;
  perform fn.booking_displace(by_person, outage_create.at, d, coalesce(reason, title)) from unnest(displaced) d order by d;
  with new as (
    insert into outage (id, site_id, resource_id, kind, title, during, series_id, created_by, created_at)
      select d.id, outage_create.site, outage_create.resource, outage_create.kind, outage_create.title,
          tstzrange(d.from_at, d.to_at), case when cardinality(ids) > 1 then ids[1] end, by_person, outage_create.at
        from unnest(ids, starts, ends) d (id, from_at, to_at)
      returning *)
  select array_agg(n.*::outage order by n.starts_at, n.id) into made from new n;
  for i in 1 .. cardinality(made) loop
    is_whole := fn.outage_claims_take(made[i], outage_create.at) and is_whole;
  end loop;
  if not is_whole then
    raise serialization_failure using message = 'a unit was taken without its lock';
  end if;

  select s.*, (select jsonb_agg(jsonb_build_object('id', o.id, 'start', fn.instant_text(o.starts_at),
                                                   'end', fn.instant_text(o.ends_at)) order by o.starts_at, o.id)
                 from unnest(made) o), to_jsonb(displaced)
    into reply from fn.outage_show(made[1]) s;
  insert into event (at, kind, object_id, data)
    select outage_create.at, 'outage.created', o.id,
        jsonb_build_object('site', reply.site, 'resource', reply.resource, 'kind', o.kind, 'title', o.title,
                           'start', fn.instant_text(o.starts_at), 'end', fn.instant_text(o.ends_at))
      from unnest(made) o order by o.starts_at, o.id;
  perform fn.key_keep(by_person, outage_create.key, request_hash, outage_create.at, null, to_jsonb(reply));
  return next reply;
end $$;
