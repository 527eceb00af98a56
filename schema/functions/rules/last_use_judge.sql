-- A qualification lapses when its resource was not used for too long, or not at all since it was given (whichever is later then:
-- to give it anew makes nothing shorter). The booking has to begin before. fn.qualification_ends_at says the same.
-- `any`: along the index of person and resource; that of the exclusion constraint would be read far and wide, since it tells
-- UUIDv7s of one instant apart badly.
create function fn.last_use_judge(w fn.wish) returns fn.violation[]
language plpgsql stable as $$
declare
  until timestamptz;
begin
  select case when u.last_used_at >= lower(q.valid) or lower_inf(q.valid) and u.last_used_at is not null
              then u.last_used_at + w.unused_limit_s * interval '1 second'
              when w.never_used_limit_s is null or lower_inf(q.valid) or u.last_used_at is not null and w.unused_limit_s is null then null
              else greatest(u.last_used_at + w.unused_limit_s * interval '1 second',
                            lower(q.valid) + w.never_used_limit_s * interval '1 second') end
    into until
    from qualification q
      left join qualification_use u on u.person_id = w.person and u.resource_id = w.resource
    where q.person_id = any (array[w.person]) and q.resource_id = any (array[w.resource]) and q.valid @> w.starts;
  if until is null or until > w.starts then
    return '{}';
  end if;
  return array[row('not_qualified', '/resource', fn.instant_text(until), fn.instant_text(w.starts))::fn.violation];
end $$;
