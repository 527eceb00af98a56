-- A session as replies show it.
create function fn.session_show(s session) returns fn.session_reply
language sql stable
return (select row('ok', null, null, null, s.id, s.version, s.booking_id, f.code, r.code, p.code, s.started_at, s.finished_at,
                   s.sample_count, s.operator_s, s.outcome, s.notes, s.forgotten_at)::fn.session_reply
        from resource r
          join firm f on f.id = s.firm_id
          join person p on p.id = s.technician_id
        where r.id = s.resource_id);
