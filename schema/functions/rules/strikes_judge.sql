-- So many missed bookings of a firm within the site's window keep it from booking for a while after the last of them.
create function fn.strikes_judge(at timestamptz, firm uuid, place fn.booking_place) returns fn.violation[]
language plpgsql stable as $$
declare
  ban interval := place.strike_ban_s * interval '1 second';
  last record;
begin
  select m.missed_at + ban as until, n.count into last
    from booking m
      join resource r on r.id = m.resource_id and r.site_id = place.site
      cross join lateral (
        select count(*) from booking o join resource k on k.id = o.resource_id and k.site_id = place.site
          where o.firm_id = m.firm_id and o.missed_at <= m.missed_at
            and o.missed_at > m.missed_at - place.strike_window_s * interval '1 second') n
    where m.firm_id = strikes_judge.firm and m.missed_at > at - ban and m.missed_at <= at and n.count >= place.strike_count
    order by m.missed_at desc limit 1;
  if not found then
    return '{}';
  end if;
  return array[row('firm_suspended', '', fn.instant_text(last.until), last.count)::fn.violation];
end $$;
