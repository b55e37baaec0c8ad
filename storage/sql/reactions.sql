-- of_conversation: The reactions that stand in a conversation, with the message of ours or of the fan that each belongs to.
SELECT r.platform_message_id, r.emoji, r.at,
    coalesce((SELECT m.id FROM messages m WHERE m.conversation_id = r.conversation_id AND m.platform_message_id = r.platform_message_id
              ORDER BY m.id LIMIT 1),
             (SELECT d.message_id FROM deliveries d WHERE d.conversation_id = r.conversation_id
              AND r.platform_message_id = ANY(d.platform_ids) ORDER BY d.seq LIMIT 1)) AS message_id
FROM reactions r WHERE r.conversation_id = $1 AND r.emoji <> '{}' ORDER BY r.at;
