-- --dev only: the oldest tick that nobody has done yet. Others leave it alone until this transaction ends.
-- role: jobs
select id as tick, asked_at from dev_tick where done_at is null order by id for update skip locked limit 1;
