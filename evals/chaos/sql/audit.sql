-- hold_step: Stop everybody at a step from now on.
SELECT pg_advisory_lock(7311, $1);

-- free_step: Let them go on.
SELECT pg_advisory_unlock(7311, $1);

-- stopped_at: Who stands at a held step: the names that their connections carry.
SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.classid = 7311 AND l.objid = $1 AND NOT l.granted;

-- name_of: The name that a connection carries.
SELECT application_name FROM pg_stat_activity WHERE pid = $1;

-- holder_of: Who is sending or thinking of certain words just now.
SELECT coalesce(
    (SELECT d.claimed_by FROM deliveries d JOIN messages m ON m.id = d.message_id
        WHERE d.state = 'sending' AND m.text LIKE $1 LIMIT 1),
    (SELECT c.leased_by FROM conversations c JOIN messages m ON m.conversation_id = c.id
        WHERE c.leased_by IS NOT NULL AND m.text LIKE $1 LIMIT 1));

-- cut_connections: End every connection of Muse's own processes.
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename IN ('muse_app', 'muse_sweep');

-- open_work: How much is still to be done: messages that wait for the agent, deliveries that have not ended, and all that trade began.
SELECT (SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.direction = 'in'
            AND m.answered_at IS NULL AND m.deleted_at IS NULL AND c.owner = 'agent') AS messages,
       (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending')) AS deliveries,
       (SELECT count(*) FROM messages WHERE direction = 'in' AND kind <> 'purchase') AS heard,
       (SELECT count(*) FROM image_jobs WHERE state NOT IN ('done', 'failed', 'cancelled') OR (owed_at IS NOT NULL AND message_id IS NULL)) AS pictures,
       (SELECT count(*) FROM posts WHERE state IN ('pending', 'publishing') OR (state = 'planned' AND planned_at < now() + interval '1 hour')) AS posts,
       (SELECT count(*) FROM refund_orders WHERE state = 'waiting') AS refunds,
       (SELECT count(*) FROM handovers WHERE state IN ('waiting', 'leaving')) AS handovers;

-- chat_of: The conversation of a chat with an account.
SELECT c.id, c.owner FROM conversations c JOIN accounts a ON a.id = c.account_id
WHERE a.platform = $1 AND a.key = $2 AND c.platform_key = $3;

-- conversations: Every conversation.
SELECT c.id, a.platform, a.key AS account, c.platform_key AS chat, c.owner, c.owner_epoch
FROM conversations c JOIN accounts a ON a.id = c.account_id;

-- heard: Every message of a fan.
SELECT id, conversation_id, coalesce(platform_message_id, '') AS key, text, kind, answered_at IS NOT NULL AS answered, answered_by,
    deleted_at IS NOT NULL AS deleted
FROM messages WHERE direction = 'in';

-- turns: Every turn.
SELECT t.id, t.conversation_id, t.verdict, t.brain, t.reason, EXISTS (SELECT FROM drafts d WHERE d.turn_id = t.id) AS drafted
FROM turns t;

-- deliveries: Every delivery, in the order in which they must leave.
SELECT d.id, d.seq, d.conversation_id, d.turn_id, d.state, d.platform_ids, d.error_class, d.attempts, m.text, m.author,
    d.correlation_id, EXISTS (SELECT FROM chaos.doubts b WHERE b.delivery_id = d.id) AS doubted
FROM deliveries d JOIN messages m ON m.id = d.message_id ORDER BY d.seq;

-- stale_claims: Claims of deliveries of a former owner.
SELECT delivery_id AS id, conversation_id, delivery_epoch, epoch FROM chaos.claims WHERE delivery_epoch <> epoch;

-- count_claims: How many claims there were.
SELECT count(*) FROM chaos.claims;

-- doubts: Deliveries that were ever unknown.
SELECT delivery_id FROM chaos.doubts;

-- sales: Every purchase.
SELECT p.id, o.payload, coalesce(f.person_id, f.id) AS person, p.amount, o.amount AS offered,
    ARRAY(SELECT k.pack_id FROM packs_of_offer(o.id) k) AS packs, EXISTS (SELECT FROM refunds r WHERE r.purchase_id = p.id) AS given_back
FROM purchases p JOIN offers o ON o.id = p.offer_id JOIN fans f ON f.id = p.fan_id;

-- offers: Every offer.
SELECT payload, amount FROM offers;

-- pictures: Every picture that a fan asked for, and what it came to.
SELECT j.id, a.key AS account, c.platform_key AS chat, j.state, d.state AS delivery, coalesce(d.platform_ids, '{}') AS platform_ids,
    coalesce((SELECT sum(e.amount) FROM credit_entries e JOIN credit_movements m ON m.id = e.movement_id
        JOIN credit_accounts t ON t.id = e.account_id WHERE m.job_id = j.id AND t.kind = 'reserved'), 0)::integer AS reserved
FROM image_jobs j JOIN conversations c ON c.id = j.conversation_id JOIN accounts a ON a.id = c.account_id
LEFT JOIN deliveries d ON d.message_id = j.message_id
WHERE j.source = 'chat';

-- posts: Every post that was to go out.
SELECT id, caption, state FROM posts WHERE planned_at < now() + interval '1 hour';
