-- Budgets: the balance is the sum of the entries and never below zero.
\ir support.psql
select plan(17);
create function pg_temp.is_balanced() returns boolean language sql
return not exists (select from budget b where b.balance <> (select coalesce(sum(e.amount), 0) from budget_entry e where e.budget_id = b.id)
                                           or b.balance < 0 or b.balance <> b.granted - b.held - b.drawn)
       and not exists (select from budget_entry e where e.firm_id is not null group by e.budget_id, e.firm_id
                         having -sum(e.amount) <> (select x.held + x.drawn from budget_firm x
                                                     where x.budget_id = e.budget_id and x.firm_id = e.firm_id));
select ok(pg_temp.is_balanced(), 'balances are the sums of their grants');
select throws_ok(format('insert into budget_entry (budget_id, kind, amount, at) values (%L, ''draw'', -15000001, ''2026-01-01T00:00Z'')', :'state_budget'),
                 '23514', null, 'a balance never falls below zero');
select throws_ok(format('insert into budget_entry (budget_id, kind, amount, at) values (%L, ''draw'', 1, ''2026-01-01T00:00Z'')', :'state_budget'),
                 '23514', null, 'a draw takes');
select throws_ok(format('insert into budget_entry (budget_id, kind, amount, at) values (%L, ''release'', -1, ''2026-01-01T00:00Z'')', :'state_budget'),
                 '23514', null, 'a release gives');

insert into budget_entry (budget_id, kind, amount, at) values (:'state_budget', 'draw', -14880000, '2026-01-01T00:00Z');
select is(support, 50000::bigint, 'the whole wish is held while there is money') from pg_temp.book('1', :'kim', :'hanbit', :'cmm', 1, 2, budgets => array[:'state_budget']::uuid[], wanted => '{50000}');
select is(support, 50000::bigint, 'and the second') from pg_temp.book('2', :'oh', :'daeya', :'cmm', 3, 4, budgets => array[:'state_budget']::uuid[], wanted => '{50000}');
select is(support, 20000::bigint, 'then what is left') from pg_temp.book('3', :'kim', :'hanbit', :'cmm', 5, 6, budgets => array[:'state_budget']::uuid[], wanted => '{50000}');
select is(support, 0::bigint, 'then nothing') from pg_temp.book('4', :'kim', :'hanbit', :'cmm', 7, 8, budgets => array[:'state_budget']::uuid[], wanted => '{50000}');
select is((select balance from budget where id = :'state_budget'), 0::bigint, 'the budget is empty');
select ok(pg_temp.is_balanced(), 'and balanced');
select is((fn.booking_cancel(:'kim', null, null, '2026-11-24T00:00Z', pg_temp.id('1'), 1, false, null, false)).outcome, 'ok', 'a booking is cancelled');
select is((select balance from budget where id = :'state_budget'), 50000::bigint, 'its hold is returned');

select is(fn.expired_holds_release('2026-11-25T05:59:59Z', 100), 0::bigint, 'a hold lives until its expiry');
select is(fn.expired_holds_release('2026-11-25T09:00Z', 100), 2::bigint, 'then all that are due are released');
select is((select array_agg(at order by at) from budget_entry where note = 'expired'),
          array['2026-11-25T06:00Z', '2026-11-25T08:00Z']::timestamptz[], 'as of the time when they were due');
select is(fn.expired_holds_release('2026-11-25T09:00Z', 100), 0::bigint, 'once');
select ok(pg_temp.is_balanced(), 'balanced in the end');
select * from finish();
rollback;
