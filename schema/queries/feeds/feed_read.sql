-- The events of a feed. See functions/feeds/feed_read.sql.
-- role: api
-- $1 bytea: hash of its secret; $2 timestamptz: now; $3 bigint: most events
select * from fn.feed_read($1::bytea, $2::timestamptz, $3::bigint);
