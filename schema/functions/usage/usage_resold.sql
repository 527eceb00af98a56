-- What others used of the time that a cancelled or missed booking gave back, in whole minutes; is_open: it is not known yet,
-- since a booking in it is still to come to its start, its no-show or its end.
--
-- Its unit was used by others when all units of the resource were used at once, and not by the firm alone: which unit a booking
-- sits on is chance, and may be changed. A booking counts with what it reserved, when somebody came to it before its end. Of a
-- bundle the first part counts. For the owner's functions.
create function fn.usage_resold(b booking, at timestamptz, out minutes bigint, out is_open boolean)
language sql stable as $$
  with freed as (
    select tstzrange(coalesce(b.missed_at, b.starts_at), b.ends_at) as span
  ), seat as (
    select u.id from unit u
      where u.resource_id = coalesce((select m.resource_id from unit m where m.resource_id = b.resource_id limit 1),
                                     (select p.part_id from resource_part p where p.resource_id = b.resource_id
                                        order by p.ordinal limit 1))
  ), other as (
    select distinct o.id, o.firm_id, o.during * f.span as part,
        o.checked_in_at is null and o.status in ('offered', 'pending', 'confirmed')
          and (o.ends_at > usage_resold.at or o.due_at <= usage_resold.at) as is_open,
        o.checked_in_at is not null or o.status = 'finished' and o.finishes_itself
          or exists (select from session s where s.booking_id = o.id and s.started_at < o.ends_at) as is_used
      from freed f
        cross join seat
        join claim c on c.unit_id = seat.id and c.live and c.during && f.span
        join booking o on o.id = c.booking_id and o.id <> b.id and o.during && f.span
      where not isempty(f.span) and o.status not in ('cancelled', 'missed')
  ), piece as (
    select cut as starts, lead(cut) over (order by cut) as ends
      from (select lower(part) as cut from other union select upper(part) from other) cuts
  ), used as (
    select p.ends - p.starts as length
      from piece p join other o on o.is_used and o.part && tstzrange(p.starts, p.ends)
      group by p.starts, p.ends
      having count(*) >= (select count(*) from seat) and bool_or(o.firm_id <> b.firm_id)
  )
  select coalesce(div(extract(epoch from (select sum(length) from used)), 60), 0)::bigint,
      coalesce((select bool_or(other.is_open) from other), false)
$$;
