-- An entry of the waiting list as replies show it; with the offer, while there is one.
create function fn.waitlist_show(e waitlist_entry) returns fn.waitlist_reply
language plpgsql stable as $$
declare
  shown fn.waitlist_reply;
begin
  select 'ok', null, null, null, e.id, e.version, f.code, r.code,
      array(select a.code from unnest(e.also) with ordinality x (id, n) join resource a on a.id = x.id order by x.n),
      e.person_id, e.created_by, e.mode, e.earliest, e.latest, e.duration_s, e.purpose, e.configuration, e.status, e.booking_id,
      b.starts_at, b.ends_at, b.expires_at, e.offer_count, e.created_at
    into shown
    from resource r
      join firm f on f.id = e.firm_id
      left join booking b on b.id = e.booking_id and e.status = 'offered'
    where r.id = e.resource_id;
  return shown;
end $$;
