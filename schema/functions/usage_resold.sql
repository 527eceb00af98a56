-- What other firms used of the time that a cancelled or missed booking gave back, in whole minutes; is_open: it is not known
-- yet, since a booking in it is still to come to its start, its no-show or its end. Counts what was reserved, of bookings that
-- somebody came to before their end. For the owner's functions.
create function fn.usage_resold(b booking, at timestamptz, out minutes bigint, out is_open boolean)
language sql stable as $$
  with freed as (
    select tstzrange(coalesce(b.missed_at, b.starts_at), b.ends_at) as span
  ), other as (
    select distinct o.id, o.during * f.span as part,
        o.checked_in_at is null and o.status in ('offered', 'pending', 'confirmed')
          and (o.ends_at > usage_resold.at or o.due_at <= usage_resold.at) as is_open,
        o.checked_in_at is not null or o.status = 'finished' and o.finishes_itself
          or exists (select from session s where s.booking_id = o.id and s.started_at < o.ends_at) as is_used
      from freed f
        join claim own on own.booking_id = b.id and own.during && b.during
        join unit u on u.id = own.unit_id
        join claim c on c.unit_id = own.unit_id and c.live and c.during && f.span
        join booking o on o.id = c.booking_id and o.firm_id <> b.firm_id and o.during && f.span
      where not isempty(f.span)
        and u.resource_id = coalesce((select m.resource_id from unit m where m.resource_id = b.resource_id limit 1),
                                     (select p.part_id from resource_part p where p.resource_id = b.resource_id
                                        order by p.ordinal limit 1))
        and o.status not in ('cancelled', 'missed')
  )
  select (select coalesce(div(sum(extract(epoch from upper(r) - lower(r))), 60), 0)::bigint
            from (select unnest(range_agg(part)) as r from other where is_used) parts),
         coalesce(bool_or(other.is_open), false)
    from other
$$;
