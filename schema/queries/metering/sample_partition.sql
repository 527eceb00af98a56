-- Makes the month's partition of samples, unless it is there.
-- role: jobs
-- $1 timestamptz: an instant of the month
select fn.sample_partition($1::timestamptz) as is_new;
