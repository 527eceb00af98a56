-- Makes a series of bookings from a wish for each, in one statement. `numbers`: which instance of the rule each wish is, from
-- 0; `s`: the series with what C has refused in s.skipped. One row 'ok' with the series, or one for each refusal:
--   busy, key_reused, stale_catalogue (limit: the version)
--   what fn.booking_make says of an instance, with /instances/<n> before its pointer: of all of them with on_conflict 'refuse',
--   and with 'skip' when none could be made; otherwise those are listed in `skipped`
create function fn.series_create(by_person uuid, key text, request_hash bytea, at timestamptz, catalogue_version bigint,
                                 is_trial boolean, s booking_series, wishes fn.wish[], numbers bigint[])
returns setof fn.series_reply
language plpgsql volatile as $$
#variable_conflict use_column
declare
  known jsonb;
  current_version bigint;
  keys bigint[] := '{}';
  done record;
begin
  known := fn.key_known(by_person, key, request_hash);
  if known is not null then
    return next jsonb_populate_record(null::fn.series_reply, known);
    return;
  end if;
  select c.version into current_version from catalogue c;
  if current_version <> catalogue_version then
    return next fn.series_refuse('stale_catalogue', null, current_version::text, catalogue_version::text);
    return;
  end if;
  for i in 1 .. cardinality(wishes) loop
    keys := keys || fn.booking_locks(wishes[i]) || (fn.claims_plan(series_create.at, wishes[i])).locks;
  end loop;
  keys := keys || fn.firm_due(s.firm_id, series_create.at);
  if not fn.lock(keys, s.id) then
    return next fn.series_refuse('busy', null);
    return;
  end if;

  done := fn.series_make(by_person, series_create.at, s, wishes, numbers, is_trial);
  if done.is_busy then
    return next fn.series_refuse('busy', null);
  elsif (done.made).made = 0 or (s.on_conflict = 'refuse' and (done.made).skipped <> '[]') then
    return query
      select (fn.series_refuse(v ->> 'code', format('/instances/%s', k ->> 'instance') || (v ->> 'pointer'), v ->> 'limit',
                               v ->> 'actual')).*
        from jsonb_array_elements((done.made).skipped) with ordinality e (k, n),
          jsonb_array_elements(k -> 'violations') with ordinality f (v, m)
        order by (k ->> 'instance')::integer, m;
  else
    if not is_trial then
      insert into event (at, kind, firm_id, object_id, data)
        values (series_create.at, 'series.created', s.firm_id, s.id,
                jsonb_build_object('resource', (done.shown).resource, 'rrule', s.rrule, 'made', (done.made).made,
                                   'skipped', jsonb_array_length((done.made).skipped)));
      perform fn.key_keep(by_person, key, request_hash, series_create.at, s.firm_id, to_jsonb(done.shown));
    end if;
    return next done.shown;
  end if;
end $$;
