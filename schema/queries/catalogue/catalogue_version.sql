-- The catalogue's version. Reading the whole catalogue needs scope '*', in one repeatable-read transaction.
-- role: api, meter, jobs
select version from catalogue;
