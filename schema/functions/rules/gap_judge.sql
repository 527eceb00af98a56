-- Between two bookings of one person at one resource, of the same firm, lies the wish's gap.
create function fn.gap_judge(w fn.wish, changed uuid) returns fn.violation[]
language plpgsql stable as $$
declare
  gap interval := w.gap_s * interval '1 second';
  nearest bigint;
begin
  select min(extract(epoch from greatest(b.starts_at - w.ends, w.starts - b.ends_at))) into nearest
    from fn.bookings_of_firm(w.firm, w.starts - gap, w.ends + gap) b
    where b.person_id = w.person and b.resource_id = w.resource and b.status not in ('cancelled', 'missed')
      and b.id is distinct from changed;
  if nearest is null then
    return '{}';
  end if;
  return array[row('gap_too_short', '/start', w.gap_s, greatest(nearest, 0))::fn.violation];
end $$;
