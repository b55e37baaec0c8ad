-- latest: The newest summary of a conversation.
SELECT id, conversation_id, text, upto_message_id, made_by, made_at FROM summaries WHERE conversation_id = $1 ORDER BY id DESC LIMIT 1;

-- unsummarised: What was said after a message (none: from the beginning) and is answered, up to the first that is not, oldest first.
SELECT m.id, m.conversation_id, m.direction, m.author, m.kind, m.text, m.sent_at, m.meta, m.platform_message_id
FROM messages m
WHERE m.conversation_id = $1 AND m.deleted_at IS NULL AND ($2::uuid IS NULL OR m.id > $2)
    AND (m.direction = 'out' OR m.answered_at IS NOT NULL)
    AND NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = m.id AND d.state IN ('not_sent', 'stopped', 'dropped'))
    AND m.id < coalesce((SELECT min(w.id::text)::uuid FROM messages w WHERE w.conversation_id = $1 AND w.direction = 'in'
        AND w.answered_at IS NULL AND w.deleted_at IS NULL), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY m.id LIMIT $3;

-- lock: Let one job at a time summarise a conversation, to the end of the transaction.
SELECT pg_advisory_xact_lock(hashtextextended('summary of ' || $1::text, 0));

-- add: A new summary, unless one that reaches as far is there, or what it tells of is no longer what was read.
INSERT INTO summaries (id, agency_id, conversation_id, text, upto_message_id, made_by)
SELECT $1, current_agency(), $2, $3, $4, $5
WHERE NOT EXISTS (SELECT FROM summaries s WHERE s.conversation_id = $2 AND s.upto_message_id >= $4)
    AND NOT EXISTS (SELECT FROM unnest($6::uuid[], $7::text[]) AS told (id, text)
        LEFT JOIN messages m ON m.id = told.id AND m.deleted_at IS NULL AND m.text = told.text WHERE m.id IS NULL);
