-- Codes in a site file that are neither in the file nor stored.
create function fn.site_faults_references(doc jsonb)
returns table (outcome text, pointer text, limit_value text, actual_value text)
language sql stable as $$
  with known as (
    select s.section, d.item ->> 'code' as code
      from unnest(array['resources', 'firms', 'people', 'funders', 'programmes', 'profiles']) s (section)
        cross join fn.doc_rows(doc, s.section) d
    union
    select 'resources', r.code from resource r join site s on s.id = r.site_id where s.code = doc #>> '{site,code}'
    union select 'firms', code from firm
    union select 'people', code from person
    union select 'funders', code from funder
    union select 'programmes', p.code from programme p join site s on s.id = p.site_id where s.code = doc #>> '{site,code}'
    union select 'profiles', code from profile
    union select 'groups', d.item ->> 'group' from fn.doc_rows(doc, 'firm_groups') d
    union select 'groups', group_code from firm_group
  ), reference (section, member, target) as (
    values ('openings', 'resource', 'resources'), ('special_days', 'resource', 'resources'), ('booking_rules', 'resource', 'resources'),
           ('tariffs', 'resource', 'resources'), ('firm_facts', 'firm', 'firms'), ('people', 'firm', 'firms'),
           ('qualifications', 'person', 'people'), ('qualifications', 'resource', 'resources'),
           ('programme_funders', 'programme', 'programmes'), ('programme_funders', 'funder', 'funders'),
           ('budgets', 'programme', 'programmes'), ('budgets', 'funder', 'funders'),
           ('meters', 'resource', 'resources'), ('meters', 'profile', 'profiles'),
           ('run_rules', 'resource', 'resources'), ('firm_groups', 'firm', 'firms'), ('courses', 'room', 'resources'),
           ('quotas', 'resource', 'resources'), ('quotas', 'group', 'groups')
  ), listed (section, member, target) as (
    values ('resources', 'parts', 'resources'), ('booking_rules', 'groups', 'groups'),
           ('booking_rules', 'holiday_groups', 'groups')
  )
  select 'unknown_reference', format('/%s/%s/%s', r.section, d.n, r.member), null, d.item ->> r.member
    from reference r
      cross join fn.doc_rows(doc, r.section) d
    where d.item ->> r.member is not null
      and not exists (select from known k where k.section = r.target and k.code = d.item ->> r.member)
  union all
  select 'unknown_reference', format('/%s/%s/%s/%s', l.section, d.n, l.member, t.n), null, t.text
    from listed l
      cross join fn.doc_rows(doc, l.section) d
      cross join fn.doc_texts(d.item -> l.member) t
    where not exists (select from known k where k.section = l.target and k.code = t.text)
  union all
  select 'unknown_reference', format('/courses/%s/grants/%s/resource', d.n, g.n), null, g.item ->> 'resource'
    from fn.doc_rows(doc, 'courses') d
      cross join fn.doc_rows(d.item, 'grants') g
    where not exists (select from known k where k.section = 'resources' and k.code = g.item ->> 'resource')
  union all
  -- A budget is of one of its programme's funders.
  select 'unknown_reference', format('/budgets/%s/funder', d.n), null, d.item ->> 'funder'
    from fn.doc_rows(doc, 'budgets') d
    where exists (select from known k where k.section = 'funders' and k.code = d.item ->> 'funder')
      and not exists (select from fn.doc_rows(doc, 'programme_funders') f
                        where f.item ->> 'programme' = d.item ->> 'programme' and f.item ->> 'funder' = d.item ->> 'funder')
      and not exists (select from programme_funder pf
                        join programme p on p.id = pf.programme_id
                        join funder f on f.id = pf.funder_id
                        where p.code = d.item ->> 'programme' and f.code = d.item ->> 'funder')
$$;
