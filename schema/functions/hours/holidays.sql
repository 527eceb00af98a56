-- The holidays of a calendar from one day to another, both included, with the days that are given for lost ones (see
-- fn.holidays_by_rule): for each the next day that is no Saturday, no Sunday, no holiday, and not given already.
-- Days that a government names in a year are no rule: a site has them as special days.
create function fn.holidays(calendar text, from_day date, to_day date)
returns table (day date, name text, name_en text, is_substitute boolean)
language plpgsql stable rows 30 as $$
#variable_conflict use_column
declare
  reach constant integer := 30; -- what is given lies nearer to what it is given for, whatever lies between
  taken date[] := array(select h.day from fn.holidays_by_rule(calendar, from_day - reach, to_day + reach) h);
  lost record;
begin
  return query
    select h.day, h.name, h.name_en, false from fn.holidays_by_rule(calendar, from_day, to_day) h;
  is_substitute := true;
  for lost in
    select h.* from fn.holidays_by_rule(calendar, from_day - reach, to_day) h where h.is_lost order by h.day
  loop
    select lost.name, lost.name_en, min(d)::date into name, name_en, day
      from generate_series(lost.day + 1, lost.day + reach, interval '1 day') d
      where extract(isodow from d) < 6 and d::date <> all (taken);
    taken := taken || day;
    if day between from_day and to_day then
      return next;
    end if;
  end loop;
end $$;
