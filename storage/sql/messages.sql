-- thread: What a person sees of a conversation after an item, oldest first, with the state of what we sent.
SELECT * FROM (
    SELECT m.id, m.conversation_id, m.direction, m.author, m.kind, m.text, m.sent_at, m.meta, m.platform_message_id,
           d.state AS delivery_state, v.version AS persona_version
    FROM messages m LEFT JOIN deliveries d ON d.message_id = m.id
    LEFT JOIN turns t ON t.id = m.turn_id LEFT JOIN persona_versions v ON v.id = t.persona_version_id
    WHERE m.conversation_id = $1 AND m.deleted_at IS NULL AND ($2::uuid IS NULL OR m.id > $2)
    ORDER BY m.id DESC LIMIT $3) AS latest
ORDER BY id;

-- answer_by_operator: What the fan said so far has a person's answer.
UPDATE messages SET answered_at = clock_timestamp() WHERE conversation_id = $1 AND direction = 'in' AND answered_at IS NULL;
