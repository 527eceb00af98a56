-- Holds money for a booking: of budgets[i] up to wanted[i], as far as the balance, the programme's cap per
-- firm and year, and its matching allow. Returns [{"budget_id", "programme", "funder", "fiscal_year",
-- "wanted", "held"}] in the given order, and the sum in `total`.
--
-- What the cap leaves is shared by what is wanted, as the bill will share it. `strict`: the funders of a
-- programme shrink together; not `draws_partially`: what the budgets can't hold whole is not held. What it
-- holds is an expectation: the bill draws what the rating finds. Runs as the owner: nobody else writes the
-- ledger.
create function fn.budget_hold(budgets uuid[], wanted bigint[], firm uuid, booking uuid, at timestamptz,
                               out holds jsonb, out total bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  holds := '[]';
  total := 0;
  if cardinality(budgets) = 0 then
    return;
  end if;
  if not scope_sees(firm) then
    raise insufficient_privilege using message = 'the firm is out of scope';
  end if;
  perform fn.budgets_lock(budgets);

  with ask as (
    select b.id, a.n, a.amount as want, b.programme_id, b.fiscal_year, f.code as funder, p.code as programme,
        p.matching, p.draws_partially, p.firm_year_cap, b.balance as free,
        sum(a.amount) over (partition by b.programme_id, b.fiscal_year order by a.n) as upto,
        sum(a.amount) over (partition by b.programme_id, b.fiscal_year) as whole
      from unnest(budgets, wanted) with ordinality a (budget_id, amount, n)
        join budget b on b.id = a.budget_id
        join funder f on f.id = b.funder_id
        join programme p on p.id = b.programme_id
      where a.amount > 0 and not b.is_closed
  ), used as (
    select y.programme_id, y.fiscal_year, coalesce(sum(x.held + x.drawn), 0)::bigint as amount
      from (select distinct programme_id, fiscal_year from ask where firm_year_cap is not null) y
        join budget b on b.programme_id = y.programme_id and b.fiscal_year = y.fiscal_year
        left join budget_firm x on x.budget_id = b.id and x.firm_id = budget_hold.firm
      group by 1, 2
  ), capped as (
    select a.*, s.due, least(a.free, s.due) as may
      from ask a
        left join used u using (programme_id, fiscal_year)
        cross join lateral (select greatest(0, least(a.firm_year_cap - u.amount, a.whole)) as cap) c
        -- Floors of one running sum: the parts add up to the cap.
        cross join lateral (select div(a.upto * c.cap, a.whole) - div((a.upto - a.want) * c.cap, a.whole) as due) s
  ), poorest as (
    select distinct on (programme_id, fiscal_year) programme_id, fiscal_year, may, due
      from capped where due > 0 order by programme_id, fiscal_year, may / due
  ), given as (
    select c.*, case
        when not c.draws_partially and p.may < p.due then 0
        when c.matching = 'strict' then div(c.due * p.may, p.due)
        else c.may end::bigint as held
      from capped c left join poorest p using (programme_id, fiscal_year)
  ), entered as (
    insert into budget_entry (budget_id, kind, amount, firm_id, booking_id, at)
      select g.id, 'hold', -g.held, firm, booking, budget_hold.at from given g where g.held > 0 order by g.id
  )
  select coalesce(jsonb_agg(jsonb_build_object('budget_id', g.id, 'programme', g.programme, 'funder', g.funder,
             'fiscal_year', g.fiscal_year, 'wanted', g.want, 'held', g.held) order by g.n), '[]'),
         coalesce(sum(g.held), 0)
    into holds, total
    from given g;
end $$;
