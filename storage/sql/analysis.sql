-- said: What a fan said that a turn answered and no analyst has read yet; nothing of one who wants no messages or may be a minor.
SELECT c.id AS conversation_id, c.fan_id, c.influencer_id, (
    SELECT coalesce(json_agg(m ORDER BY m.sent_at, m.id), '[]') FROM (
        SELECT m.id, m.conversation_id, m.direction, m.author, m.kind, m.text, m.sent_at, m.meta, m.platform_message_id
        FROM messages m WHERE m.answered_by = t.id AND m.author = 'fan' AND m.kind IN ('text', 'media') AND m.text <> ''
            AND m.deleted_at IS NULL) AS m)::text AS messages
FROM turns t JOIN conversations c ON c.id = t.conversation_id JOIN fans f ON f.id = c.fan_id
WHERE t.id = $1 AND t.analysed_at IS NULL AND f.opted_out_at IS NULL AND f.minor_signal_at IS NULL;

-- mark: A turn's messages have been read by an analyst; touches no row when they were already.
UPDATE turns SET analysed_at = clock_timestamp() WHERE id = $1 AND analysed_at IS NULL;

-- unchanged: Those of some messages that still say what was read.
SELECT m.id FROM unnest($1::uuid[], $2::text[]) AS told (id, text)
JOIN messages m ON m.id = told.id AND m.deleted_at IS NULL AND m.text = told.text;

-- overdue: Turns of the agency and of the last hour that an analyst should have read by now, oldest first.
SELECT id FROM turns WHERE agency_id = current_agency() AND analysed_at IS NULL
    AND committed_at BETWEEN clock_timestamp() - interval '1 hour' AND clock_timestamp() - interval '2 minutes'
ORDER BY committed_at LIMIT 200;
