-- When a qualification ends, as things stand at `at`: by itself, or by the limits of the rule that is then in force: so long
-- after the last use, or after it was given when it has not been used since. Null: never.
create function fn.qualification_ends_at(q qualification, at timestamptz) returns timestamptz
language sql stable
return (
  select nullif(least(coalesce(upper(q.valid), 'infinity'),
                      case when u.last_used_at >= coalesce(lower(q.valid), '-infinity') then l.after_use
                           else greatest(l.after_use, l.after_gift) end), 'infinity')
    from resource r
      join site s on s.id = r.site_id
      left join booking_rule b on b.resource_id = r.id and b.valid @> (at at time zone s.zone)::date
      left join qualification_use u on u.person_id = q.person_id and u.resource_id = q.resource_id,
      lateral (select coalesce(lower(q.valid) + b.never_used_limit_s * interval '1 second', 'infinity') as after_gift,
                   case when u.last_used_at is not null
                        then coalesce(u.last_used_at + b.unused_limit_s * interval '1 second', 'infinity') end as after_use) l
    where r.id = q.resource_id);
