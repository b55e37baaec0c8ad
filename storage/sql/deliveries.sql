-- claim: Look at a conversation's first open delivery and claim it; without a worker, only look.
SELECT * FROM claim_delivery($1, $2, $3, $4, $5);

-- settle: Say what became of a delivery.
SELECT * FROM settle_delivery($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- in_doubt: Whether an earlier try of a delivery may have arrived.
SELECT coalesce(error_class = 'OutcomeUnknown', false) FROM deliveries WHERE id = $1;

-- drop_stale: Drop what a former owner of the conversation had not sent yet.
UPDATE deliveries d SET state = 'dropped', settled_at = clock_timestamp(), error = 'the conversation changed hands'
FROM conversations c WHERE c.id = $1 AND d.conversation_id = c.id AND d.state = 'pending' AND d.owner_epoch <> c.owner_epoch;

-- drop_for_fans: Drop what the agent had still to send to some fans; pictures that they have bought are theirs all the same.
UPDATE deliveries SET state = 'dropped', settled_at = clock_timestamp(), error = $2
WHERE id IN (SELECT d.id FROM deliveries d JOIN conversations c ON c.id = d.conversation_id JOIN messages m ON m.id = d.message_id
    WHERE c.fan_id = ANY($1::uuid[]) AND d.state = 'pending' AND m.author IN ('agent', 'system') AND d.part ->> 'part' <> 'files'
    ORDER BY d.seq FOR UPDATE OF d);

-- carry_over: What the one who hands a conversation back had still to send leaves under the next epoch.
UPDATE deliveries d SET owner_epoch = c.owner_epoch + 1 FROM conversations c
WHERE c.id = $1 AND d.conversation_id = c.id AND d.state = 'pending' AND d.owner_epoch = c.owner_epoch;

-- sent: A person saw that it arrived.
UPDATE deliveries SET state = 'sent', settled_at = clock_timestamp(), error = NULL, error_class = NULL
WHERE id = $1 AND state = 'unknown';

-- not_sent: A person saw that it did not arrive.
UPDATE deliveries SET state = 'not_sent', error_class = $2, error = $3, settled_at = clock_timestamp()
WHERE id = $1 AND state = 'unknown';

-- resume_rest: Let the stopped parts of the same reply go on, if nobody else took the conversation.
UPDATE deliveries d SET state = 'pending', error = NULL, not_before = clock_timestamp() FROM conversations c, deliveries first
WHERE first.id = $1 AND d.conversation_id = first.conversation_id
    AND d.correlation_id = first.correlation_id AND d.turn_id IS NOT DISTINCT FROM first.turn_id
    AND d.state = 'stopped' AND c.id = d.conversation_id AND c.owner_epoch = d.owner_epoch;

-- drop_rest: The reply is given up: its stopped parts will not leave.
UPDATE deliveries d SET state = 'dropped', settled_at = clock_timestamp() FROM deliveries first
WHERE first.id = $1 AND d.conversation_id = first.conversation_id
    AND d.correlation_id = first.correlation_id AND d.turn_id IS NOT DISTINCT FROM first.turn_id
    AND d.state = 'stopped';

-- again: A person says it did not arrive: send it once more, if the conversation is in the same hands still.
UPDATE deliveries d SET state = 'pending', not_before = clock_timestamp(), error = NULL, error_class = NULL FROM conversations c
WHERE d.id = $1 AND d.state IN ('unknown', 'not_sent') AND c.id = d.conversation_id AND c.owner_epoch = d.owner_epoch;

-- known_ids: Which of these ids of a platform we have already seen on a message of ours.
SELECT platform_message_id FROM messages
WHERE conversation_id = $1 AND direction = 'out' AND platform_message_id = ANY($2::text[]);

-- load: One delivery as a person sees it.
SELECT d.id, d.conversation_id, d.message_id, d.state, d.attempts, d.error_class, d.error, d.created_at, m.text, m.kind
FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.id = $1;

-- list: Deliveries of the agency in given states, newest first, older than a given one; on demand with those a held account keeps waiting.
SELECT d.id, d.conversation_id, d.message_id, d.state, d.attempts, d.error_class, d.error, d.created_at, m.text, m.kind
FROM deliveries d JOIN messages m ON m.id = d.message_id
WHERE (d.state = ANY($1::text[]) OR ($3 AND d.state = 'pending' AND d.error_class = ANY($4::text[])))
    AND ($5::uuid IS NULL OR d.seq < (SELECT b.seq FROM deliveries b WHERE b.id = $5)) ORDER BY d.seq DESC LIMIT $2;

-- leaving: Sends of a conversation that are on their way just now.
SELECT id FROM deliveries WHERE conversation_id = $1 AND state = 'sending';
