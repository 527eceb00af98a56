-- What a quota would count with the wish, in the period in which it would be exceeded most; null when it would not be. A booking
-- counts in every period in which some of its time counts. A local day with more than 24 hours has room for all of them where the
-- quota has room for 24.
create function fn.quota_exceeded(q quota, at timestamptz, w fn.wish, zone text, changed uuid) returns bigint
language plpgsql stable as $$
declare
  period record;
  asked bigint;
  used record;
  would_be bigint;
  most bigint;
  worst bigint;
begin
  for period in select * from fn.quota_periods(q.period, zone, w.starts, w.ends) loop
    asked := fn.quota_time(q, zone, greatest(w.starts, period.from_at), least(w.ends, period.to_at));
    continue when asked = 0;
    used := fn.quota_used(q, at, w.firm, w.person, zone, period.from_at, period.to_at, changed);
    if q.most_s is null then
      would_be := used.count + 1;
      most := q.most_count;
    else
      would_be := used.seconds + asked;
      most := q.most_s;
      if q.period = 'day' and most >= 86400 then
        most := most + most / 86400 * greatest(0, extract(epoch from period.to_at - period.from_at) - 86400);
      end if;
    end if;
    if would_be > most then
      worst := greatest(worst, would_be);
    end if;
  end loop;
  return worst;
end $$;
