-- An invoice of the site that a firm has not paid within the grace.
create function fn.unpaid_judge(at timestamptz, firm uuid, place fn.booking_place) returns fn.violation[]
language plpgsql stable as $$
declare
  oldest timestamptz;
begin
  select min(i.issued_at) into oldest from invoice i
    where i.firm_id = unpaid_judge.firm and i.site_id = place.site and i.status in ('issued', 'part_paid') and i.total > 0
      and i.issued_at < at - place.unpaid_grace_s * interval '1 second';
  if oldest is null then
    return '{}';
  end if;
  return array[row('firm_unpaid', '', place.unpaid_grace_s, fn.instant_text(oldest))::fn.violation];
end $$;
