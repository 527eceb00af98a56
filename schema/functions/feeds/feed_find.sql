-- The feed of a secret, by its hash; a row of nulls when there is none, when it was revoked, or when who made it has gone or
-- moved to another firm. Runs as the owner: who reads a feed has nothing but the secret.
create function fn.feed_find(hash bytea) returns feed
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.*
    from feed f join person p on p.id = f.created_by
    where f.hash = feed_find.hash and f.revoked_at is null and p.is_active and p.firm_id is not distinct from f.firm_id
$$;
