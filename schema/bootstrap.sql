-- Run once by an administrator, before labtabd is started on a cluster of your own:
--
--   psql -X -v ON_ERROR_STOP=1 -f bootstrap.sql              (database "labtab")
--   psql -X -v ON_ERROR_STOP=1 -v database=lab2 -f bootstrap.sql
--
-- It makes the roles and the database, and is harmless when run again. How the roles sign in (passwords,
-- certificates, peer) is pg_hba.conf's matter. With --dev labtabd does all this itself, on a cluster of its own.
\if :{?database}
\else
  \set database labtab
\endif
\ir roles.sql
select format('create database %I owner labtab_owner encoding ''UTF8'' template template0', :'database')
  where not exists (select from pg_database where datname = :'database') \gexec
select format('revoke all on database %I from public', :'database') \gexec
select format('grant connect on database %I to labtab_api, labtab_meter, labtab_jobs', :'database') \gexec
