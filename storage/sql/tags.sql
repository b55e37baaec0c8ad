-- of_conversation: What the fan of a conversation was read to want, latest first.
SELECT tag, times, last_at FROM tags WHERE conversation_id = $1 ORDER BY last_at DESC, tag;

-- known: Every tag that conversations of the agency have, and how many have it.
SELECT tag, count(*) AS conversations FROM tags GROUP BY tag ORDER BY conversations DESC, tag;

-- inbox: The conversations in which the fan was read to want one thing; those that wait for a person first, then the latest.
SELECT c.id, a.platform, a.key AS account, i.slug AS influencer, n.handle, coalesce(n.display_name, n.username) AS fan, c.owner, c.owner_name,
       c.last_message_at, c.attempts, c.last_error, coalesce(h.drafts, 0) AS held,
       (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.answered_at IS NULL
            AND m.deleted_at IS NULL) AS unanswered,
       ARRAY(SELECT o.tag FROM tags o WHERE o.conversation_id = c.id ORDER BY o.last_at DESC, o.tag LIMIT 5) AS tags,
       p.ids AS pictures
FROM tags t JOIN conversations c ON c.id = t.conversation_id JOIN accounts a ON a.id = c.account_id
JOIN influencers i ON i.id = c.influencer_id JOIN identities n ON n.id = c.identity_id
LEFT JOIN LATERAL (SELECT count(*) AS drafts FROM drafts d WHERE d.conversation_id = c.id AND d.state = 'held') AS h ON true
LEFT JOIN LATERAL (SELECT ARRAY(SELECT k.id FROM image_jobs k WHERE k.conversation_id = c.id AND k.state = 'held' ORDER BY k.id LIMIT 5) AS ids) AS p ON true
WHERE t.tag = $1 AND (NOT $2 OR h.drafts > 0 OR cardinality(p.ids) > 0 OR c.owner <> 'agent')
ORDER BY h.drafts > 0 OR cardinality(p.ids) > 0 DESC, t.last_at DESC LIMIT $3;
