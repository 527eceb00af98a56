-- One outage. Columns of fn.outage_reply without the first four.
-- role: api
-- $1 uuid: outage
select s.id, s.version, s.site, s.resource, s.kind, s.title, s."start", s."end", s.series_id, s.created_by, s.created_at,
    s.ended_at, s.ended_by
  from outage o, fn.outage_show(o) s
  where o.id = $1::uuid;
