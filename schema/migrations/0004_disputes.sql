-- Disputes: a firm says that a charge is wrong, and the lab decides, before it is billed.

-- A charge can be disputed until so long after it was made.
alter table site add review_s bigint not null default 604800 check (review_s >= 0);

-- When it was there to be seen, however late that was. Of those of before nobody knows: their review is over.
alter table usage add made_at timestamptz not null default '-infinity';
alter table usage alter made_at drop default;

-- At most one of a usage. While it is open the usage is left out of billing; it is decided once.
create table usage_dispute (
  usage_id uuid primary key references usage,
  firm_id uuid not null references firm,
  reason text not null check (length(reason) > 0),
  raised_by uuid not null references person,
  raised_at timestamptz not null,
  status text not null default 'open' check (status in ('open', 'upheld', 'denied')),
  decided_by uuid references person,
  decided_at timestamptz,
  decision text check (length(decision) > 0),           -- why it was decided so
  was jsonb,                                            -- the usage before: billable_s, fee, status, held_reason
  check (num_nonnulls(decided_by, decided_at, decision, was) = case status when 'open' then 0 else 4 end)
);
create index on usage_dispute (raised_at, usage_id);
create index on usage_dispute (firm_id, raised_at, usage_id);

alter table usage_dispute enable row level security;
create policy scope on usage_dispute using (scope_sees(firm_id));

create trigger decided_is_final before update on usage_dispute for each row when (old.status <> 'open')
  execute function refuse_change();
create trigger never_deleted before delete on usage_dispute for each row execute function refuse_change();
create trigger no_truncate before truncate on usage_dispute execute function refuse_change();

-- Whoever disputes or decides holds the usage's row, and so does whoever bills it.
create function disputed_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from usage_dispute d where d.usage_id = new.id and d.status = 'open') then
    raise exception 'usage % is disputed: it can''t be billed', new.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger disputed_is_not_billed before update on usage for each row
  when (new.status = 'billed' and old.status <> 'billed') execute function disputed_guard();
