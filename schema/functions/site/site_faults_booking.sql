-- What in a site file contradicts itself about rules of booking: shares, strikes, roles that approve, quotas.
create function fn.site_faults_booking(doc jsonb)
returns table (outcome text, pointer text, limit_value text, actual_value text)
language sql stable as $$
  -- Strikes are a rule of three parts.
  select 'missing_field', '/site/' || m.name, null, null
    from unnest(array['strike_count', 'strike_window_s', 'strike_ban_s']) m (name)
    where doc -> 'site' ->> m.name is null
      and num_nonnulls(doc #>> '{site,strike_count}', doc #>> '{site,strike_window_s}', doc #>> '{site,strike_ban_s}') > 0
  union all
  select 'too_large', format('/%s/%s/%s_num', m.section, d.n, m.name), coalesce(d.item ->> (m.name || '_den'), m.den), d.item ->> (m.name || '_num')
    from (values ('booking_rules', 'cancel_share', '100'), ('booking_rules', 'no_show_share', '100'),
                 ('courses', 'attendance', '1')) m (section, name, den)
      cross join fn.doc_rows(doc, m.section) d
    where (d.item ->> (m.name || '_num'))::bigint > coalesce(d.item ->> (m.name || '_den'), m.den)::bigint
  union all
  select 'unknown_value', format('/booking_rules/%s/approvals/%s', d.n, t.n), 'technician, finance, approver, admin', t.text
    from fn.doc_rows(doc, 'booking_rules') d cross join fn.doc_texts(d.item -> 'approvals') t
    where t.text not in ('technician', 'finance', 'approver', 'admin')
  union all
  select 'missing_field', format('/quotas/%s/most_count', d.n), null, null
    from fn.doc_rows(doc, 'quotas') d
    where num_nonnulls(d.item ->> 'most_count', d.item ->> 'most_s') = 0
  union all
  -- One measure, and one thing that is measured.
  select 'conflict', format('/quotas/%s/%s', d.n, m.b), m.a, d.item ->> m.b
    from fn.doc_rows(doc, 'quotas') d cross join (values ('most_count', 'most_s'), ('resource', 'kind')) m (a, b)
    where num_nonnulls(d.item ->> m.a, d.item ->> m.b) = 2
  union all
  select 'missing_field', format('/quotas/%s/group', d.n), null, null
    from fn.doc_rows(doc, 'quotas') d
    where d.item ->> 'holder' = 'group' and d.item ->> 'group' is null
  union all
  select 'unknown_value', format('/quotas/%s/weekdays', d.n), '1 to 7', d.item ->> 'weekdays'
    from fn.doc_rows(doc, 'quotas') d
    where d.item ->> 'weekdays' is not null and not d.item -> 'weekdays' <@ '[1, 2, 3, 4, 5, 6, 7]'
       or d.item -> 'weekdays' = '[]' or jsonb_typeof(d.item -> 'weekdays') not in ('array', 'null')
  union all
  select 'bad_format', format('/quotas/%s/%s', d.n, m.name), null, d.item ->> m.name
    from fn.doc_rows(doc, 'quotas') d cross join (values ('off_from', 1439), ('off_to', 1440)) m (name, most)
    where coalesce(fn.doc_minutes(d.item ->> m.name), 9999) > m.most and d.item ->> m.name is not null
  union all
  select 'missing_field', format('/quotas/%s/%s', d.n, m.name), null, null
    from fn.doc_rows(doc, 'quotas') d cross join (values ('off_from', 'off_to'), ('off_to', 'off_from')) m (name, other)
    where d.item ->> m.name is null and d.item ->> m.other is not null
$$;
