-- open_deliveries: Conversations with something to send, with a send that hangs, or with an echo that nobody settled; oldest first.
SELECT w.agency_id, w.id FROM (
    SELECT d.agency_id, d.conversation_id AS id, d.not_before AS since FROM deliveries d
    WHERE (d.state = 'pending' AND d.not_before <= clock_timestamp() - interval '1 second' AND NOT EXISTS (
            SELECT FROM conversations c JOIN accounts a ON a.id = c.account_id
            WHERE c.id = d.conversation_id AND a.held_until > clock_timestamp()))
        OR (d.state = 'sending' AND d.claimed_at < clock_timestamp() - make_interval(secs => $1))
    UNION ALL
    SELECT e.agency_id, e.conversation_id, e.received_at FROM echoes e
    WHERE e.state = 'waiting' AND e.received_at <= clock_timestamp() - interval '1 second') AS w
GROUP BY w.agency_id, w.id ORDER BY min(w.since) LIMIT 500;

-- waiting_media: Files of fans that were not fetched yet.
SELECT agency_id, id FROM media WHERE state = 'waiting' AND not_before <= clock_timestamp() LIMIT 200;

-- unindexed_facts: Agencies with facts that no vector index holds yet.
SELECT DISTINCT agency_id FROM facts WHERE indexed_at IS NULL AND retracted_at IS NULL LIMIT 200;

-- polling: Accounts that are fetched by long polling.
SELECT agency_id, id FROM accounts WHERE inbound = 'polling' AND active;

-- backlog: How much waits: turns due, deliveries open, seconds the oldest turn has been due.
SELECT (SELECT count(*) FROM conversations WHERE due_at <= clock_timestamp() AND owner = 'agent') AS due_turns,
       (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending')) AS open_deliveries,
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0)::float8 FROM conversations
            WHERE due_at <= clock_timestamp() AND owner = 'agent') AS oldest_s;

-- unindexed_packs: Agencies with packs whose words no embedder of this name has seen.
SELECT DISTINCT agency_id FROM packs WHERE active AND embedder IS DISTINCT FROM $1 LIMIT 200;

-- agencies: Agencies that have an account.
SELECT DISTINCT agency_id FROM accounts;

-- checkouts: Payments that wait for our yes and can still get it in time.
SELECT DISTINCT agency_id, conversation_id AS id FROM checkouts
WHERE answered_at IS NULL AND asked_at > clock_timestamp() - make_interval(secs => $1) LIMIT 500;

-- handovers: Conversations with bought pictures that nobody has looked after for some seconds.
SELECT DISTINCT agency_id, conversation_id AS id FROM handovers
WHERE state IN ('waiting', 'leaving') AND (looked_at IS NULL OR looked_at < clock_timestamp() - make_interval(secs => $1)) LIMIT 500;

-- refunds: Payments that are to be given back.
SELECT agency_id, purchase_id AS id FROM refund_orders WHERE state = 'waiting' AND not_before <= clock_timestamp() LIMIT 500;

-- unindexed_episodes: Agencies with episodes that no vector index holds yet.
SELECT DISTINCT agency_id FROM episodes WHERE indexed_at IS NULL LIMIT 200;

-- leftovers: Agencies some of whose rows are gone and may still lie in an index.
SELECT DISTINCT agency_id FROM leftovers LIMIT 200;

-- other_embedders: Agencies whose memory is searched by another embedder than this, or has vectors of the one before it.
SELECT agency_id FROM embedders WHERE embedder <> $1 OR previous IS NOT NULL LIMIT 200;

-- embedders: The embedders that some agency's memory is searched by, or was before.
SELECT embedder FROM embedders UNION SELECT previous FROM embedders WHERE previous IS NOT NULL;

-- pending_deletions: Agencies with something that is to vanish from indexes or files.
SELECT DISTINCT agency_id FROM pending_deletions WHERE not_before <= clock_timestamp();

-- with_embedders: Agencies whose memory has vectors.
SELECT agency_id FROM embedders;

-- owed_pictures: Conversations that are still to hear of a picture.
SELECT DISTINCT agency_id, conversation_id AS id FROM image_jobs WHERE owed_at <= clock_timestamp() AND conversation_id IS NOT NULL LIMIT 500;

-- held_pictures: Conversations with a picture that has waited for a person for so many seconds, of which the fan heard nothing.
SELECT DISTINCT agency_id, conversation_id AS id FROM image_jobs WHERE state = 'held' AND waits_told_at IS NULL
    AND conversation_id IS NOT NULL AND created_at < clock_timestamp() - make_interval(secs => $1) LIMIT 200;

-- unkeyed_pictures: Agencies with orders of pictures that have no batch key yet.
SELECT DISTINCT agency_id FROM image_jobs WHERE state = 'queued' AND NOT keyed LIMIT 200;

-- posts: Posts whose time has come, and such whose publishing hangs.
SELECT agency_id, id FROM posts
WHERE (state IN ('planned', 'pending') AND planned_at <= clock_timestamp() - interval '1 second' AND not_before <= clock_timestamp())
    OR (state = 'publishing' AND claimed_at < clock_timestamp() - make_interval(secs => $1))
ORDER BY planned_at LIMIT 200;

-- series: Plans that come again, whose newest post's time has come.
SELECT agency_id, id FROM post_series WHERE active AND next_at <= clock_timestamp() - interval '1 second' LIMIT 200;
