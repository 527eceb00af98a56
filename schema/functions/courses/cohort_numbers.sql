-- How many are enrolled and how many wait, of all firms. Runs as the owner: a firm may know the numbers, not who.
create function fn.cohort_numbers(cohort uuid, out enrolled integer, out waiting integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select count(*) filter (where e.status in ('enrolled', 'passed', 'failed')), count(*) filter (where e.status = 'waiting')
    from enrolment e where e.cohort_id = cohort_numbers.cohort
$$;
