-- waiting: What came back from a conversation's chat and is not settled yet, in the platform's order.
SELECT id, platform_message_id, text, ours, at, correlation_id FROM echoes
WHERE conversation_id = $1 AND state = 'waiting' ORDER BY at, id LIMIT 200;

-- known: Whether an id of the platform is one of ours already.
SELECT EXISTS (SELECT FROM messages m WHERE m.conversation_id = $1 AND m.direction = 'out' AND m.platform_message_id = $2)
    OR EXISTS (SELECT FROM deliveries d JOIN (SELECT id FROM messages WHERE conversation_id = $1 ORDER BY id DESC LIMIT 100) AS m
        ON d.message_id = m.id WHERE $2 = ANY(d.platform_ids));

-- leaving: Whether a send of a conversation is on its way, so that an echo may yet turn out to be its own.
SELECT EXISTS (SELECT FROM deliveries WHERE conversation_id = $1 AND state = 'sending');

-- like: The delivery whose outcome or id nobody knows and that says the same at about the same time.
SELECT d.id, d.state FROM deliveries d JOIN (
    SELECT id, text FROM messages WHERE conversation_id = $1 ORDER BY id DESC LIMIT 100) AS m ON m.id = d.message_id
WHERE (d.state = 'unknown' OR (d.state = 'sent' AND d.platform_ids = '{}'))
    AND btrim(m.text, E' \n\t') = btrim($2, E' \n\t') AND abs(extract(epoch FROM d.claimed_at - $3)) <= $4
ORDER BY d.seq LIMIT 1;

-- name: Give a sent delivery the platform's id that it came without.
UPDATE deliveries SET platform_ids = ARRAY[$2::text] WHERE id = $1 AND state = 'sent';

-- close: What an echo turned out to be.
UPDATE echoes SET state = $2 WHERE id = $1 AND state = 'waiting';

-- say: What a person wrote in the platform's own app.
INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, meta, platform_message_id, correlation_id, sent_at)
VALUES ($1, current_agency(), $2, 'out', 'operator', 'text', $3, $4, $5, $6, $7)
ON CONFLICT (conversation_id, direction, platform_message_id) DO NOTHING;

-- answer: What the fan had said before a person wrote in the platform's own app has that person's answer.
UPDATE messages SET answered_at = clock_timestamp()
WHERE conversation_id = $1 AND direction = 'in' AND answered_at IS NULL AND sent_at <= $2;
