-- Revokes a feed. Columns of fn.feed_reply. See functions/feeds/feed_revoke.sql.
-- role: api
-- $1 uuid: only one made by this person, or null; $2 timestamptz: now; $3 uuid: feed
select * from fn.feed_revoke($1::uuid, $2::timestamptz, $3::uuid);
