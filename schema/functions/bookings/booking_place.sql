-- What judging and showing a booking need to know of its firm, resource and site.
create function fn.booking_place(firm uuid, resource uuid) returns fn.booking_place
language plpgsql stable as $$
declare
  place fn.booking_place;
begin
  select r.code, f.code, s.id, s.zone, s.currency, s.strike_count, s.strike_window_s, s.strike_ban_s, s.unpaid_grace_s
    into place
    from resource r
      join site s on s.id = r.site_id
      join firm f on f.id = booking_place.firm
    where r.id = booking_place.resource;
  return place;
end $$;
