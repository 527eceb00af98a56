-- Values of a site file that contradict each other, or that only the database knows (time zones).
create function fn.site_faults_values(doc jsonb)
returns table (outcome text, pointer text, limit_value text, actual_value text)
language sql stable as $$
  select 'unknown_value', '/site/zone', null, doc #>> '{site,zone}'
    where not exists (select from pg_timezone_names z where z.name = doc #>> '{site,zone}')
  union all
  select 'end_not_after_start', format('/%s/%s/valid_to', section, d.n), d.item ->> 'valid_from', d.item ->> 'valid_to'
    from unnest(array['booking_rules', 'tariffs', 'firm_facts', 'firm_groups', 'programmes', 'openings', 'quotas']) section
      cross join fn.doc_rows(doc, section) d
    where (d.item ->> 'valid_to')::date <= (d.item ->> 'valid_from')::date
  union all
  select 'end_not_after_start', format('/qualifications/%s/valid_to', d.n), d.item ->> 'valid_from', d.item ->> 'valid_to'
    from fn.doc_rows(doc, 'qualifications') d
    where (d.item ->> 'valid_to')::timestamptz <= (d.item ->> 'valid_from')::timestamptz
  union all
  select 'unknown_value', '/site/holiday_calendar', null, doc #>> '{site,holiday_calendar}'
    where not exists (select from holiday_calendar c where c.code = doc #>> '{site,holiday_calendar}')
      and doc #>> '{site,holiday_calendar}' is not null
  union all
  select 'bad_format', format('/%s/%s/%s', section, d.n, m.name), null, d.item ->> m.name
    from unnest(array['openings', 'special_days']) section
      cross join fn.doc_rows(doc, section) d
      cross join (values ('opens', 1439), ('closes', 2880)) m (name, most)
    where coalesce(fn.doc_minutes(d.item ->> m.name), 9999) > m.most and d.item ->> m.name is not null
  union all
  select 'end_not_after_start', format('/%s/%s/closes', section, d.n), d.item ->> 'opens', d.item ->> 'closes'
    from unnest(array['openings', 'special_days']) section cross join fn.doc_rows(doc, section) d
    where fn.doc_minutes(d.item ->> 'closes') <= fn.doc_minutes(d.item ->> 'opens')
  union all
  select 'missing_field', format('/special_days/%s/%s', d.n, case when d.item ->> 'opens' is null then 'opens' else 'closes' end), null, null
    from fn.doc_rows(doc, 'special_days') d
    where (d.item ->> 'opens' is null) <> (d.item ->> 'closes' is null)
  union all
  -- A day can't be closed and have hours.
  select 'conflict', format('/special_days/%s', d.n), null, d.item ->> 'day'
    from fn.doc_rows(doc, 'special_days') d
    where d.item ->> 'opens' is null
      and exists (select from fn.doc_rows(doc, 'special_days') o
                    where o.item ->> 'day' = d.item ->> 'day' and o.item ->> 'opens' is not null
                      and o.item ->> 'resource' is not distinct from d.item ->> 'resource')
  union all
  select 'too_small', format('/booking_rules/%s/max_s', d.n), d.item ->> 'min_s', d.item ->> 'max_s'
    from fn.doc_rows(doc, 'booking_rules') d
    where (d.item ->> 'max_s')::bigint < (d.item ->> 'min_s')::bigint
  union all
  select case when d.item ->> 'block_s' is null then 'missing_field' else 'unknown_field' end,
      format('/tariffs/%s/block_s', d.n), null, d.item ->> 'rounding'
    from fn.doc_rows(doc, 'tariffs') d
    where (d.item ->> 'rounding' = 'block') <> (d.item ->> 'block_s' is not null)
  union all
  select 'too_large', format('/programmes/%s/rate_num', d.n), d.item ->> 'rate_den', d.item ->> 'rate_num'
    from fn.doc_rows(doc, 'programmes') d
    where (d.item ->> 'rate_num')::bigint > (d.item ->> 'rate_den')::bigint
  union all
  select 'too_large', format('/run_rules/%s/off_w', d.n), d.item ->> 'on_w', d.item ->> 'off_w'
    from fn.doc_rows(doc, 'run_rules') d
    where (d.item ->> 'off_w')::bigint > (d.item ->> 'on_w')::bigint
  union all
  -- A firm's people have a firm's roles and the lab's people the lab's.
  select 'unknown_value', format('/people/%s/roles', d.n), null, (d.item -> 'roles')::text
    from fn.doc_rows(doc, 'people') d
    where (d.item ->> 'firm' is not null) <> (d.item -> 'roles' <@ '["firm_member", "firm_manager"]')
       or coalesce(jsonb_array_length(d.item -> 'roles'), 0) = 0
$$;
