-- What a quota would count with the wish, in the period in which it would be exceeded most; null when it would not be. A booking
-- counts in every period in which some of its time counts. A local day with more than 24 hours has room for all of them where the
-- quota has room for 24.
create function fn.quota_exceeded(q quota, at timestamptz, w fn.wish, zone text, changed uuid) returns bigint
language sql stable as $$
  with period as (
    select p at time zone zone as from_at, (p + n.step) at time zone zone as to_at
      from (select ('1 ' || q.period)::interval as step where q.period <> 'ahead') n,
        generate_series(date_trunc(q.period, w.starts at time zone zone), (w.ends - interval '1 microsecond') at time zone zone, n.step) p
    union all
    select '-infinity', 'infinity' where q.period = 'ahead'
  ), counted as (
    select p.from_at, p.to_at, b.is_new,
        fn.quota_time(q, zone, greatest(b.starts_at, p.from_at), least(b.ends_at, p.to_at)) as seconds
      from period p
        join (select w.starts as starts_at, w.ends as ends_at, true as is_new
              union all
              select o.starts_at, o.ends_at, false
                from (select min(from_at) as from_at, max(to_at) as to_at from period) a,
                  fn.quota_bookings(q, at, w.firm, w.person, zone, a.from_at, a.to_at, changed) o) b
          on b.starts_at < p.to_at and b.ends_at > p.from_at
  ), used as (
    select case when q.most_s is null then count(*) filter (where c.seconds > 0) else sum(c.seconds) end as would_be,
        coalesce(q.most_count, q.most_s + case when q.period = 'day' then q.most_s / 86400
                   * greatest(extract(epoch from c.to_at - c.from_at) - 86400, 0) else 0 end) as most
      from counted c
      group by c.from_at, c.to_at
      having bool_or(c.is_new and c.seconds > 0)
  )
  select max(u.would_be)::bigint from used u where u.would_be > u.most
$$;
