-- Between two bookings of one person at one resource, of the same firm, lies the wish's gap. The length of a booking bounds how
-- far back one has to look.
create function fn.gap_judge(w fn.wish, changed uuid) returns fn.violation[]
language plpgsql stable as $$
declare
  gap interval := w.gap_s * interval '1 second';
  nearest bigint;
begin
  select min(extract(epoch from greatest(b.starts_at - w.ends, w.starts - b.ends_at))) into nearest
    from booking b
    where b.firm_id = w.firm and b.person_id = w.person and b.resource_id = w.resource
      and b.starts_at > w.starts - gap - interval '31 days' and b.starts_at < w.ends + gap and b.ends_at > w.starts - gap
      and b.status not in ('cancelled', 'missed') and b.id is distinct from changed;
  if nearest is null then
    return '{}';
  end if;
  return array[row('gap_too_short', '/start', w.gap_s, greatest(nearest, 0))::fn.violation];
end $$;
