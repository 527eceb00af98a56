-- What in a site file contradicts itself, or what is stored, about units: bundles, seats, what is metered. A resource
-- is as the file says, or as it is stored where the file does not name it.
create function fn.site_faults_parts(doc jsonb)
returns table (outcome text, pointer text, limit_value text, actual_value text)
language sql stable as $$
  with given as (
    select d.n, d.item ->> 'code' as code, coalesce((d.item ->> 'capacity')::integer, 1) as capacity, d.item -> 'parts' as parts
      from fn.doc_rows(doc, 'resources') d
  ), known as (
    select g.code, g.capacity, exists (select from fn.doc_texts(g.parts)) as has_parts from given g
    union all
    select r.code, (select count(*)::integer from unit u where u.resource_id = r.id),
        exists (select from resource_part p where p.resource_id = r.id)
      from resource r where not exists (select from given g where g.code = r.code)
  ), metered as (
    select d.n, d.item ->> 'resource' as code from fn.doc_rows(doc, 'meters') d
    union all
    select null, r.code
      from meter m join resource r on r.id = m.resource_id
      where m.is_active and not exists (select from fn.doc_rows(doc, 'meters') d where d.item ->> 'code' = m.code)
  )
  -- What has no unit is nothing but its parts.
  select 'too_small', format('/resources/%s/capacity', g.n), '1', '0'
    from given g where g.capacity = 0 and not exists (select from fn.doc_texts(g.parts))
  union all
  -- Parts of parts are not followed.
  select 'conflict', format('/resources/%s/parts/%s', g.n, t.n), null, t.text
    from given g
      cross join fn.doc_texts(g.parts) t
      join known k on k.code = t.text
    where k.has_parts or t.text = g.code
  union all
  select 'conflict', format('/resources/%s/parts', g.n), null, r.code
    from given g
      join resource part on part.code = g.code
      join resource_part p on p.part_id = part.id
      join resource r on r.id = p.resource_id
    where exists (select from fn.doc_texts(g.parts)) and not exists (select from given o where o.code = r.code)
  union all
  -- A meter can't tell which of several units it watches.
  select 'conflict', case when m.n is null then format('/resources/%s/capacity', g.n) else format('/meters/%s/resource', m.n) end,
      '1', k.capacity::text
    from metered m
      join known k on k.code = m.code
      left join given g on g.code = m.code
    where k.capacity > 1 and (m.n is not null or g.n is not null)
  union all
  select 'too_large', format('/courses/%s/seats', d.n), k.capacity::text, d.item ->> 'seats'
    from fn.doc_rows(doc, 'courses') d
      join known k on k.code = d.item ->> 'room'
    where (d.item ->> 'seats')::integer > k.capacity
$$;
