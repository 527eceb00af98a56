-- Makes the bookings of a series, one after the other: how many, and what stands in the way of the others as
-- [{"instance", "start", "violations"}]. Nothing is left when `is_trial`, when something was in the way and `on_conflict` is
-- 'refuse', or when none could be made. `is_busy`: somebody else is at it. The caller holds the locks.
create function fn.series_make(by_person uuid, at timestamptz, s booking_series, wishes fn.wish[], numbers bigint[],
                               is_trial boolean, out made booking_series, out shown fn.series_reply, out is_busy boolean)
language plpgsql volatile as $$
declare
  reply fn.booking_reply;
  faults fn.violation[];
begin
  is_busy := false;
  begin
    for i in 1 .. cardinality(wishes) loop
      faults := '{}';
      for reply in select * from fn.booking_make(by_person, series_make.at, wishes[i]) loop
        if reply.outcome = 'ok' then
          s.made := s.made + 1;
        elsif reply.outcome = 'busy' then
          is_busy := true;
        else
          faults := faults || row(reply.outcome, reply.pointer, reply.limit_value, reply.actual_value)::fn.violation;
        end if;
      end loop;
      if faults <> '{}' then
        s.skipped := s.skipped || jsonb_build_object('instance', numbers[i], 'start', fn.instant_text((wishes[i]).starts),
                                                     'violations', fn.violations_json(faults));
      end if;
    end loop;
    made := s;
    insert into booking_series select s.*;
    shown := fn.series_show(s);
    if is_trial or is_busy or s.made = 0 or (s.on_conflict = 'refuse' and s.skipped <> '[]') then
      raise exception using errcode = 'LT001', message = 'nothing is to be left';
    end if;
  exception when sqlstate 'LT001' then
    null;
  end;
end $$;
