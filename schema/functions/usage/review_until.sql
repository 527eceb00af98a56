-- Until when a usage that was made at `made_at` can be disputed; null for those that were there before anything could be.
create function fn.review_until(resource uuid, made_at timestamptz) returns timestamptz
language sql stable
return (select review_until.made_at + t.review_s * interval '1 second' from resource r join site t on t.id = r.site_id
          where r.id = review_until.resource and review_until.made_at > '-infinity');
