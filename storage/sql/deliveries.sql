-- add: One send to come.
INSERT INTO deliveries (id, agency_id, conversation_id, message_id, turn_id, part, owner_epoch, correlation_id)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7);

-- drop_stale: Drop what a former owner of the conversation had not sent yet.
UPDATE deliveries d SET state = 'dropped', settled_at = clock_timestamp(), error = 'the conversation changed hands'
FROM conversations c WHERE c.id = $1 AND d.conversation_id = c.id AND d.state = 'pending' AND d.owner_epoch <> c.owner_epoch;

-- carry_over: What the one who hands a conversation back had still to send leaves under the next epoch.
UPDATE deliveries d SET owner_epoch = c.owner_epoch + 1 FROM conversations c
WHERE c.id = $1 AND d.conversation_id = c.id AND d.state = 'pending' AND d.owner_epoch = c.owner_epoch;

-- claim: Take the first open delivery of a conversation, unless one is leaving just now or its time has not come.
WITH head AS (
    SELECT d.id, d.state, d.not_before FROM deliveries d
    WHERE d.conversation_id = $1 AND d.state IN ('pending', 'sending') ORDER BY d.seq LIMIT 1)
UPDATE deliveries d SET state = 'sending', attempts = d.attempts + 1, claimed_at = clock_timestamp(), claimed_by = $2
FROM head, conversations c
WHERE d.id = head.id AND head.state = 'pending' AND d.state = 'pending' AND head.not_before <= clock_timestamp()
    AND c.id = d.conversation_id AND c.owner_epoch = d.owner_epoch
RETURNING d.id, d.conversation_id, d.message_id, d.turn_id, d.part, d.attempts, d.correlation_id, c.account_id,
    c.platform_key AS chat, c.reachable;

-- wait: Seconds until the first open delivery of a conversation may leave.
SELECT extract(epoch FROM d.not_before - clock_timestamp())::float8 FROM deliveries d
WHERE d.conversation_id = $1 AND d.state = 'pending' ORDER BY d.seq LIMIT 1;

-- sent: The platform took it.
UPDATE deliveries SET state = 'sent', platform_ids = $2, settled_at = clock_timestamp(), error = NULL, error_class = NULL
WHERE id = $1 AND state IN ('sending', 'unknown');

-- retry: It surely did not leave; try again later.
UPDATE deliveries SET state = 'pending', not_before = clock_timestamp() + make_interval(secs => $2), error_class = $3, error = $4
WHERE id = $1 AND state = 'sending';

-- not_sent: It surely did not leave, and will not.
UPDATE deliveries SET state = 'not_sent', error_class = $2, error = $3, settled_at = clock_timestamp()
WHERE id = $1 AND state IN ('sending', 'unknown');

-- unknown: It may have left; nobody but a person decides.
UPDATE deliveries SET state = 'unknown', error_class = 'OutcomeUnknown', error = $2, settled_at = clock_timestamp()
WHERE id = $1 AND state = 'sending';

-- stop_rest: Stop the remaining parts of the same reply.
UPDATE deliveries d SET state = 'stopped', error = 'an earlier part of this reply did not surely arrive' FROM deliveries first
WHERE first.id = $1 AND d.conversation_id = first.conversation_id
    AND d.correlation_id = first.correlation_id AND d.turn_id IS NOT DISTINCT FROM first.turn_id
    AND d.state = 'pending';

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

-- offers: The offers that the same reply makes and that have not left yet.
SELECT (d.part ->> 'offer_id')::uuid AS id FROM deliveries d, deliveries first
WHERE first.id = $1 AND d.conversation_id = first.conversation_id
    AND d.correlation_id = first.correlation_id AND d.turn_id IS NOT DISTINCT FROM first.turn_id
    AND d.state IN ('pending', 'sending') AND d.part ->> 'part' = 'pack';

-- stuck: Deliveries of a conversation whose sender died between the call and its outcome.
SELECT d.id, c.account_id, d.attempts FROM deliveries d JOIN conversations c ON c.id = d.conversation_id
WHERE d.conversation_id = $1 AND d.state = 'sending' AND d.claimed_at < clock_timestamp() - make_interval(secs => $2);

-- mark_unreachable: The fan blocked the account; writing again undoes it.
UPDATE conversations SET reachable = false WHERE id = $1;

-- load: One delivery as a person sees it.
SELECT d.id, d.conversation_id, d.message_id, d.state, d.attempts, d.error_class, d.error, d.created_at, m.text, m.kind
FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.id = $1;

-- list: Deliveries of the agency in given states, newest first.
SELECT d.id, d.conversation_id, d.message_id, d.state, d.attempts, d.error_class, d.error, d.created_at, m.text, m.kind
FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.state = ANY($1::text[]) ORDER BY d.seq DESC LIMIT $2;

-- leaving: Sends of a conversation that are on their way just now.
SELECT id FROM deliveries WHERE conversation_id = $1 AND state = 'sending';
