-- load: One conversation.
SELECT id, agency_id, account_id, influencer_id, fan_id, platform_key, owner, owner_name, owner_epoch, disclosed_at,
       CASE WHEN waiting_sent_at > clock_timestamp() - interval '1 day' THEN waiting_sent_at END AS waiting_sent_at
FROM conversations WHERE id = $1;

-- by_handle: The conversation of a handle with an account.
SELECT c.id, c.agency_id, c.account_id, c.influencer_id, c.fan_id, c.platform_key, c.owner, c.owner_name, c.owner_epoch,
       c.disclosed_at, CASE WHEN c.waiting_sent_at > clock_timestamp() - interval '1 day' THEN c.waiting_sent_at END AS waiting_sent_at
FROM conversations c JOIN identities i ON i.id = c.identity_id WHERE c.account_id = $1 AND i.handle = $2;

-- take: Give a conversation into an operator's hands; the raised epoch drops what the agent has not sent yet.
UPDATE conversations SET owner = 'operator', owner_name = $2, owner_epoch = owner_epoch + 1, due_at = NULL,
    lease_until = NULL, leased_by = NULL
WHERE id = $1 RETURNING owner_epoch;

-- pause: Nobody speaks until a person hands the conversation back.
UPDATE conversations SET owner = 'paused', owner_name = NULL, owner_epoch = owner_epoch + 1, due_at = NULL,
    lease_until = NULL, leased_by = NULL
WHERE id = $1 RETURNING owner_epoch;

-- give_up: The same for a turn that cannot be read, while it is still the latest and nobody else has taken over.
UPDATE conversations SET owner = 'paused', owner_name = NULL, owner_epoch = owner_epoch + 1, due_at = NULL
WHERE id = $1 AND fence = $2 AND owner = 'agent';

-- hand_back: Let the agent speak again; what nobody has answered is due at once.
UPDATE conversations c SET owner = 'agent', owner_name = NULL, owner_epoch = owner_epoch + 1, attempts = 0,
    due_at = CASE WHEN EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.direction = 'in'
        AND m.answered_at IS NULL AND m.deleted_at IS NULL) THEN clock_timestamp() END
WHERE c.id = $1 RETURNING owner_epoch;

-- lock: The conversation's row, locked to the end of the transaction.
SELECT id, agency_id, account_id, influencer_id, fan_id, platform_key, owner, owner_name, owner_epoch, disclosed_at,
       CASE WHEN waiting_sent_at > clock_timestamp() - interval '1 day' THEN waiting_sent_at END AS waiting_sent_at
FROM conversations WHERE id = $1 FOR UPDATE;

-- inbox: The conversations of the agency, those that wait for a person first, then the latest.
-- A picture that an operator has not looked at waits as a draft does. Each of the kinds is read from an index, at most as many as are wanted: sorting all took 180 ms at 26,000 conversations.
WITH held AS MATERIALIZED (SELECT id, sum(drafts)::bigint AS drafts, sum(pictures)::bigint AS pictures FROM (
        SELECT conversation_id AS id, 1 AS drafts, 0 AS pictures FROM drafts WHERE state = 'held'
        UNION ALL
        SELECT conversation_id, 0, 1 FROM image_jobs WHERE state = 'held' AND conversation_id IS NOT NULL) AS one GROUP BY id),
    chosen AS (
        (SELECT c.id, h.drafts, h.pictures, c.last_message_at FROM held h JOIN conversations c USING (id)
            ORDER BY c.last_message_at DESC LIMIT $2)
        UNION ALL
        (SELECT c.id, 0, 0, c.last_message_at FROM conversations c
            WHERE c.owner <> 'agent' AND c.id NOT IN (SELECT id FROM held) ORDER BY c.last_message_at DESC LIMIT $2)
        UNION ALL
        (SELECT c.id, 0, 0, c.last_message_at FROM conversations c
            WHERE NOT $1 AND c.owner = 'agent' AND c.id NOT IN (SELECT id FROM held)
                AND c.platform_key NOT LIKE 'forgotten:%' ORDER BY c.last_message_at DESC LIMIT $2))
SELECT c.id, a.platform, a.key AS account, i.slug AS influencer, n.handle, coalesce(n.display_name, n.username) AS fan, c.owner, c.owner_name,
       c.last_message_at, c.attempts, c.last_error, f.drafts AS held,
       (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.answered_at IS NULL
            AND m.deleted_at IS NULL) AS unanswered,
       ARRAY(SELECT t.tag FROM tags t WHERE t.conversation_id = c.id ORDER BY t.last_at DESC, t.tag LIMIT 5) AS tags,
       ARRAY(SELECT p.id FROM image_jobs p WHERE p.conversation_id = c.id AND p.state = 'held' ORDER BY p.id LIMIT 5) AS pictures
FROM (SELECT * FROM chosen ORDER BY drafts + pictures > 0 DESC, last_message_at DESC LIMIT $2) AS f
JOIN conversations c ON c.id = f.id JOIN accounts a ON a.id = c.account_id JOIN influencers i ON i.id = c.influencer_id
JOIN identities n ON n.id = c.identity_id
ORDER BY f.drafts + f.pictures > 0 DESC, f.last_message_at DESC;

-- stays_local: Whether what is said in a conversation goes to no model of others.
SELECT stays_local(c) FROM conversations c WHERE c.id = $1;
