-- Tells of qualifications that end: once so long before as the resource's rule says (reminder_s), and once when they have
-- ended, by themselves or by a limit of last use. Returns how many notices; at most `most`. What was renewed is not told of, and
-- when the resource is used again the end has moved, so that it is told anew. Events carry the time at which they were due.
-- Runs as the owner: for everybody at once.
create function fn.qualifications_remind(at timestamptz, most bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  count bigint;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'everybody is reminded at once';
  end if;
  with standing as (
    select q.id, q.person_id, q.firm_id, q.resource_id, q.valid, r.code as resource, b.reminder_s,
        fn.qualification_ends_at(q, qualifications_remind.at) as ends_at
      from qualification q
        join resource r on r.id = q.resource_id and r.is_active
        join site s on s.id = r.site_id
        join booking_rule b on b.resource_id = r.id and b.needs_qualification
          and b.valid @> (qualifications_remind.at at time zone s.zone)::date
      where coalesce(lower(q.valid), '-infinity') <= qualifications_remind.at
  ), due as (
    select s.*, k.kind, k.due_at
      from standing s
        cross join lateral (values (s.ends_at, 'expired'), (s.ends_at - s.reminder_s * interval '1 second', 'expiring')) k (due_at, kind)
      where k.due_at <= qualifications_remind.at
        and (k.kind = 'expired' or s.ends_at > qualifications_remind.at) -- what has ended need not be told before
        and not exists (select from qualification o
                          where o.person_id = s.person_id and o.resource_id = s.resource_id and o.id <> s.id and o.valid @> s.ends_at)
        and not exists (select from qualification_notice n where (n.qualification_id, n.kind, n.due_at) = (s.id, k.kind, k.due_at))
      order by k.due_at, s.id, k.kind
      limit most
  ), told as (
    insert into qualification_notice (qualification_id, kind, due_at) select d.id, d.kind, d.due_at from due d
      on conflict do nothing
      returning qualification_id, kind
  ), entered as (
    insert into event (at, kind, firm_id, object_id, data)
      select d.due_at, 'qualification.' || d.kind, d.firm_id, d.id,
          jsonb_build_object('person', p.code, 'resource', d.resource, 'ends_at', fn.instant_text(d.ends_at), 'because',
                             case when d.ends_at = upper(d.valid) then 'validity'
                                  when u.last_used_at >= coalesce(lower(d.valid), '-infinity') then 'unused' else 'never_used' end)
        from due d
          join told t on t.qualification_id = d.id and t.kind = d.kind
          join person p on p.id = d.person_id
          left join qualification_use u on u.person_id = d.person_id and u.resource_id = d.resource_id
        order by d.due_at, d.id
  )
  select count(*) into count from told;
  return count;
end $$;
