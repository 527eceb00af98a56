-- From a line of an invoice back to what the meters saw: the parts of runs that lie in the session, and of each meter the first
-- and last sample in it and how many there are. No row without the line, one of nulls without runs.
-- role: api
-- $1 uuid: invoice; $2 bigint: number of the line
select us.from_at as span_start, us.to_at as span_end, sp.state, sp.energy_mwh, fn.quality_names(sp.quality) as quality,
    (select coalesce(jsonb_agg(jsonb_build_object('meter', m.code, 'count', x.count, 'first', to_jsonb(first), 'last', to_jsonb(last))
                               order by m.code), '[]')
       from meter m
         cross join lateral (select count(*) as count, min(seq) as first_seq, max(seq) as last_seq
                               from sample where meter_id = m.id and at >= us.from_at and at <= us.to_at) x
         left join lateral (select seq, at, power_mw, energy_mwh, contact, fn.quality_names(quality) as quality from sample
                              where meter_id = m.id and seq = x.first_seq and at >= us.from_at and at <= us.to_at limit 1) first on true
         left join lateral (select seq, at, power_mw, energy_mwh, contact, fn.quality_names(quality) as quality from sample
                              where meter_id = m.id and seq = x.last_seq and at >= us.from_at and at <= us.to_at limit 1) last on true
       where m.resource_id = sp.resource_id) as samples
  from invoice_line l
    left join (usage_span us join span sp on sp.id = us.span_id and sp.state = 'run') on us.usage_id = l.usage_id
  where l.invoice_id = $1::uuid and l.n = $2::bigint
  order by us.from_at;
