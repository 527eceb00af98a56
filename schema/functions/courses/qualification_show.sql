-- A qualification as replies show it.
create function fn.qualification_show(q qualification, at timestamptz) returns fn.qualification_reply
language sql stable
return (select row('ok', null, null, null, q.id, p.code, f.code, r.code, lower(q.valid), upper(q.valid), q.cohort_id, u.last_used_at,
                   fn.qualification_ends_at(q, at))::fn.qualification_reply
        from person p
          join resource r on r.id = q.resource_id
          left join firm f on f.id = q.firm_id
          left join qualification_use u on u.person_id = q.person_id and u.resource_id = q.resource_id
        where p.id = q.person_id);
