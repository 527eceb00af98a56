-- Who may use what, and when, by person and resource. Instants, null without end.
-- role: api, meter, jobs
select person_id, resource_id, lower(valid) as valid_from, upper(valid) as valid_to
  from qualification order by person_id, resource_id, lower(valid) nulls first;
