-- The roles of the cluster, harmless when run again. Needs a superuser.
--
-- labtab_owner owns the schema and runs migrations. The three roles of the daemon own nothing and may do what
-- their statements need (grants.sql). What a role sees of the firms' data: see scope_sees().
do $$
declare
  role text;
begin
  foreach role in array array['labtab_owner', 'labtab_api', 'labtab_meter', 'labtab_jobs'] loop
    if not exists (select from pg_roles where rolname = role) then
      execute format('create role %I login nosuperuser nocreatedb nocreaterole', role);
    end if;
    execute format('alter role %I set search_path = public', role);
    execute format('alter role %I set timezone = ''UTC''', role);
  end loop;
  -- Range queries are otherwise planned anew each time.
  foreach role in array array['labtab_api', 'labtab_meter', 'labtab_jobs'] loop
    execute format('alter role %I set plan_cache_mode = force_generic_plan', role);
  end loop;
  -- The system's own work is for all firms; the api says for each request whose data it may see.
  foreach role in array array['labtab_owner', 'labtab_meter', 'labtab_jobs'] loop
    execute format('alter role %I set labtab.firm = ''*''', role);
  end loop;
end $$;
