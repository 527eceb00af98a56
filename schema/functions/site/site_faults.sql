-- What is wrong with a site file, beyond what its reader (types, ranges) can know: references, duplicates, spans,
-- and changes that what is stored does not allow. Pointers are JSON pointers into the file.
create function fn.site_faults(doc jsonb)
returns table (outcome text, pointer text, limit_value text, actual_value text)
language sql stable as $$
  select f.outcome, f.pointer, f.limit_value, f.actual_value from fn.site_faults_references(doc) f
  union all
  select f.outcome, f.pointer, f.limit_value, f.actual_value from fn.site_faults_duplicates(doc) f
  union all
  select f.outcome, f.pointer, f.limit_value, f.actual_value from fn.site_faults_values(doc) f
  union all
  select f.outcome, f.pointer, f.limit_value, f.actual_value from fn.site_faults_booking(doc) f
  union all
  select f.outcome, f.pointer, f.limit_value, f.actual_value from fn.site_faults_parts(doc) f
  union all
  select f.outcome, f.pointer, f.limit_value, f.actual_value from fn.site_faults_stored(doc) f
$$;
