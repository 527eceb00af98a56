-- One quote: no row when there is none in scope. Columns of fn.quote_reply without the first four, then firm_id, resource_id
-- and also_ids.
-- role: api
-- $1 uuid: quote
select q.id, f.code as firm, r.code as resource, array(select o.code::text from unnest(q.also) with ordinality a (id, n)
      join resource o on o.id = a.id order by a.n) as also,
    q.person_id, q.mode, lower(q.during) as "start", upper(q.during) as "end", q.price, q.support,
    q.price - q.support as own_share, s.currency, q.explain, q.made_at as created_at, q.expires_at,
    q.firm_id, q.resource_id, q.also as also_ids
  from quote q
    join firm f on f.id = q.firm_id
    join resource r on r.id = q.resource_id
    join site s on s.id = r.site_id
  where q.id = $1::uuid;
