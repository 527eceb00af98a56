-- Makes a feed. Columns of fn.feed_reply. See functions/feeds/feed_create.sql.
-- role: api
-- $1 uuid: who asks; $2 timestamptz: now; $3 uuid: id of the new feed; $4 uuid: firm whose data it shows, null for the lab's
-- $5 text: kind; $6 uuid: object; $7 bytea: hash of the secret (BLAKE2b-256); $8 text: label; $9 bigint: most feeds of a person
select * from fn.feed_create($1::uuid, $2::timestamptz, $3::uuid, $4::uuid, $5::text, $6::uuid, $7::bytea, $8::text, $9::bigint);
