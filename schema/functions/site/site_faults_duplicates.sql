-- The same thing given twice in a site file, and dated rows that overlap.
create function fn.site_faults_duplicates(doc jsonb)
returns table (outcome text, pointer text, limit_value text, actual_value text)
language sql stable as $$
  with identity (section, keys) as (
    values ('resources', array['code']), ('firms', array['code']), ('people', array['code']), ('funders', array['code']),
           ('programmes', array['code']), ('profiles', array['code']), ('meters', array['code']),
           ('quotas', array['code']), ('courses', array['code']), ('firm_groups', array['firm', 'group', 'valid_from']),
           ('openings', array['resource', 'weekday', 'opens', 'valid_from']), ('special_days', array['resource', 'day', 'opens']),
           ('booking_rules', array['resource', 'valid_from']), ('tariffs', array['resource', 'valid_from']),
           ('firm_facts', array['firm', 'valid_from']), ('qualifications', array['person', 'resource', 'valid_from']),
           ('programme_funders', array['programme', 'funder']), ('budgets', array['programme', 'funder', 'fiscal_year']),
           ('run_rules', array['resource'])
  ), row as (
    select i.section, d.n, array(select d.item ->> k from unnest(i.keys) k) as key
      from identity i cross join fn.doc_rows(doc, i.section) d
  ), numbered as (
    select r.*, row_number() over (partition by r.section, r.key order by r.n) as occurrence from row r
  ), dated as (
    select s.section, d.n, array(select d.item ->> k from unnest(s.keys) k) as key, d.valid
      from (values ('booking_rules', array['resource']), ('tariffs', array['resource']), ('firm_facts', array['firm']),
                   ('firm_groups', array['firm', 'group'])) s (section, keys)
        cross join fn.doc_dated(doc, s.section, variadic s.keys) d
  ), listed as ( -- lists within rows
    select format('/resources/%s/parts/%s', d.n, t.n) as pointer, t.text as key,
        row_number() over (partition by d.n, t.text order by t.n) as occurrence
      from fn.doc_rows(doc, 'resources') d cross join fn.doc_texts(d.item -> 'parts') t
    union all
    select format('/courses/%s/grants/%s', d.n, g.n), g.item ->> 'resource',
        row_number() over (partition by d.n, g.item ->> 'resource' order by g.n)
      from fn.doc_rows(doc, 'courses') d cross join fn.doc_rows(d.item, 'grants') g
  )
  select 'duplicate', format('/%s/%s', n.section, n.n), null, array_to_string(n.key, ' ')
    from numbered n where n.occurrence > 1
  union all
  select 'duplicate', l.pointer, null, l.key from listed l where l.occurrence > 1
  union all
  select 'conflict', format('/%s/%s/valid_from', b.section, b.n), null, lower(b.valid)::text
    from dated a join dated b using (section, key)
    where a.n <> b.n and a.valid && b.valid
      and (lower(a.valid) < lower(b.valid) or lower_inf(a.valid) and not lower_inf(b.valid))
$$;
