-- load: One draft.
SELECT id, conversation_id, turn_id, reason, parts, effects, state, decided_by, decided_at, created_at FROM drafts WHERE id = $1;

-- lock: One draft, locked to the end of the transaction.
SELECT id, conversation_id, turn_id, reason, parts, effects, state, decided_by, decided_at, created_at FROM drafts WHERE id = $1 FOR UPDATE;

-- held: The drafts of a conversation that wait, oldest first.
SELECT id, conversation_id, turn_id, reason, parts, effects, state, decided_by, decided_at, created_at FROM drafts
WHERE conversation_id = $1 AND state = 'held' ORDER BY id;

-- add_case: Put a case into the inbox, unless the same one waits there already.
INSERT INTO drafts (id, agency_id, conversation_id, turn_id, reason, parts, effects)
SELECT $1, current_agency(), $2, $3, $4, '[]', '[]'
WHERE NOT EXISTS (SELECT FROM drafts WHERE conversation_id = $2 AND state = 'held' AND reason = $4 AND parts = '[]');

-- any_held: Whether a draft or a case of a conversation waits for a person.
SELECT EXISTS (SELECT FROM drafts WHERE conversation_id = $1 AND state = 'held');

-- decide: What a person made of a draft.
UPDATE drafts SET state = $2, decided_by = $3, decided_at = clock_timestamp(), parts = $4 WHERE id = $1 AND state = 'held';
