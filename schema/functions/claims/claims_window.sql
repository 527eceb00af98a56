-- The span in which claims of a resource hang together with one: who is seated anew in it disturbs nobody outside. Never more
-- than a booking's length beyond either end.
create function fn.claims_window(resource uuid, span tstzrange) returns tstzrange
language plpgsql stable as $$
declare
  widest tstzrange := tstzrange(lower(span) - interval '31 days', upper(span) + interval '31 days');
  found_window tstzrange := span;
  wider tstzrange;
begin
  loop
    select range_merge(found_window, tstzrange(min(lower(c.during)), max(upper(c.during)))) * widest into wider
      from unit u join claim c on c.unit_id = u.id and c.live and c.during && found_window
      where u.resource_id = claims_window.resource;
    exit when wider = found_window;
    found_window := wider;
  end loop;
  return found_window;
end $$;
