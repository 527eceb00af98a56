-- The same thing given twice in a site file, and dated rows that overlap.
create function fn.site_faults_duplicates(doc jsonb)
returns table (outcome text, pointer text, limit_value text, actual_value text)
language sql stable as $$
  with identity (section, keys) as (
    values ('resources', array['code']), ('firms', array['code']), ('people', array['code']), ('funders', array['code']),
           ('programmes', array['code']), ('profiles', array['code']), ('meters', array['code']),
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
    select s.section, d.n, d.item ->> s.member as key, d.valid
      from (values ('booking_rules', 'resource'), ('tariffs', 'resource'), ('firm_facts', 'firm')) s (section, member)
        cross join fn.doc_dated(doc, s.section, s.member) d
  )
  select 'duplicate', format('/%s/%s', n.section, n.n), null, array_to_string(n.key, ' ')
    from numbered n where n.occurrence > 1
  union all
  select 'conflict', format('/%s/%s/valid_from', b.section, b.n), null, lower(b.valid)::text
    from dated a join dated b using (section, key)
    where a.n <> b.n and a.valid && b.valid
      and (lower(a.valid) < lower(b.valid) or lower_inf(a.valid) and not lower_inf(b.valid))
$$;
