-- claim: Lease a due conversation, raising its fencing token; nothing when it is not due, leased or not the agent's.
UPDATE conversations SET fence = fence + 1, attempts = attempts + 1, leased_by = $2,
    lease_until = clock_timestamp() + make_interval(secs => $3)
WHERE id = $1 AND owner = 'agent' AND due_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until < clock_timestamp())
RETURNING agency_id, id AS conversation_id, $4::uuid AS turn_id, fence, attempts;

-- wait: Seconds until a conversation is due, when it is due later or leased meanwhile.
SELECT extract(epoch FROM greatest(due_at, coalesce(lease_until, due_at)) - clock_timestamp())::float8 FROM conversations
WHERE id = $1 AND due_at IS NOT NULL AND owner = 'agent';

-- last_error: Why the last attempt at a turn failed.
SELECT last_error FROM conversations WHERE id = $1;

-- heartbeat: Keep a lease alive.
UPDATE conversations SET lease_until = clock_timestamp() + make_interval(secs => $3)
WHERE id = $1 AND fence = $2 AND lease_until > clock_timestamp();

-- hold_fence: Lock the conversation for the commit and say whether the lease is still the holder's.
SELECT fence = $2 AND owner = 'agent' AND lease_until IS NOT NULL AND lease_until > clock_timestamp()
FROM conversations WHERE id = $1 FOR UPDATE;

-- add: The record of a turn.
INSERT INTO turns (id, agency_id, conversation_id, persona_version_id, fence, verdict, reason, brain, trace, correlation_id)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, $9);

-- finish: Give the lease back; what came in meanwhile is due after the quiet time, so nothing is left behind.
UPDATE conversations c SET lease_until = NULL, leased_by = NULL, attempts = 0, last_error = NULL,
    first_unanswered_at = CASE WHEN rest.waiting THEN clock_timestamp() END,
    due_at = CASE WHEN rest.waiting AND c.owner = 'agent' THEN clock_timestamp() + make_interval(secs => $2) END
FROM (SELECT EXISTS (SELECT FROM messages m WHERE m.conversation_id = $1 AND m.direction = 'in' AND m.answered_at IS NULL
    AND m.deleted_at IS NULL) AS waiting) AS rest
WHERE c.id = $1 RETURNING rest.waiting;

-- give_back: End a lease without a turn; it is tried again after some seconds.
UPDATE conversations SET lease_until = NULL, leased_by = NULL, last_error = $3, attempts = greatest(0, attempts - $5),
    due_at = CASE WHEN owner = 'agent' THEN clock_timestamp() + make_interval(secs => $4) END
WHERE id = $1 AND fence = $2;

-- rest: There was nothing to answer after all; the conversation sleeps.
UPDATE conversations SET lease_until = NULL, leased_by = NULL, attempts = 0, due_at = NULL, first_unanswered_at = NULL
WHERE id = $1 AND fence = $2 AND NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = $1 AND m.direction = 'in'
    AND m.answered_at IS NULL AND m.deleted_at IS NULL);

-- latest: The latest turn of a conversation.
SELECT id, conversation_id, verdict, reason, brain, trace, correlation_id, committed_at FROM turns
WHERE conversation_id = $1 ORDER BY id DESC LIMIT 1;
