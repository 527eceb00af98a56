-- Why a session of a booking can't begin although its time has come, each once:
--   firm_blocked   /booking: the firm is by now
--   not_qualified  /booking: what its person has to be qualified for, and is no more (actual: the resource). Not asked where staff
--                  work or it is for one of them, nor where staff overruled it when it was booked
-- Limits of last use count until the booked start, as when it was booked.
create function fn.session_judge(b booking, at timestamptz) returns fn.violation[]
language sql stable
return (
  select coalesce(array_agg(row(v.code, '/booking', null, v.actual)::fn.violation order by v.code, v.n), '{}')
    from (
      select 'firm_blocked' as code, null::text as actual, 0 as n from firm f where f.id = b.firm_id and f.is_blocked
      union all
      select 'not_qualified', r.code, x.n
        from unnest(b.resource_id || b.also) with ordinality x (id, n)
          join resource r on r.id = x.id
          join site s on s.id = r.site_id
          join booking_rule k on k.resource_id = r.id and k.valid @> (b.starts_at at time zone s.zone)::date and k.needs_qualification
        where b.mode = 'self'
          and not coalesce(b.explain -> 'overrides' ? 'not_qualified', false)
          and exists (select from person p where p.id = b.person_id and p.firm_id is not null)
          and not exists (select from qualification q
                            where q.person_id = b.person_id and q.resource_id = r.id and q.valid @> greatest(at, b.starts_at)
                              and coalesce(fn.qualification_ends_at(q, at), 'infinity') > b.starts_at)) v);
