-- load: How long the present agency keeps what was said and learned, in days; none: for good.
SELECT keep_messages_days AS messages, keep_episodes_days AS episodes, keep_facts_days AS facts, keep_media_days AS media,
    keep_traces_days AS traces FROM agencies WHERE id = current_agency();

-- set: How long the present agency keeps it from now on.
UPDATE agencies SET keep_messages_days = $1, keep_episodes_days = $2, keep_facts_days = $3, keep_media_days = $4,
    keep_traces_days = $5 WHERE id = current_agency();

-- old_turns: Turns that are done with and whose messages are all older than a moment: no draft waits, nothing is on its way.
SELECT t.id FROM turns t
WHERE t.committed_at < $1 AND NOT EXISTS (SELECT FROM drafts d WHERE d.turn_id = t.id AND d.state = 'held')
    AND NOT EXISTS (SELECT FROM deliveries d WHERE d.turn_id = t.id AND d.state IN ('pending', 'sending', 'unknown', 'stopped'))
    AND NOT EXISTS (SELECT FROM messages m WHERE (m.answered_by = t.id OR m.turn_id = t.id) AND m.sent_at >= $1)
ORDER BY t.committed_at LIMIT $2;

-- old_messages: Messages of no turn that are older than a moment, have their answer and are not on their way.
SELECT m.id FROM messages m
WHERE m.sent_at < $1 AND m.turn_id IS NULL AND m.answered_by IS NULL AND (m.direction = 'out' OR m.answered_at IS NOT NULL
        OR m.deleted_at IS NOT NULL)
    AND NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = m.id AND d.state IN ('pending', 'sending', 'unknown', 'stopped'))
ORDER BY m.sent_at LIMIT $2;

-- files_of: The stored files of some turns' and other messages.
SELECT f.blob_key AS item FROM media f JOIN messages m ON m.id = f.message_id
WHERE f.blob_key IS NOT NULL AND (m.id = ANY($2::uuid[]) OR m.answered_by = ANY($1::uuid[]) OR m.turn_id = ANY($1::uuid[]));

-- episodes_of: The episodes of some turns' and other messages, by the ids under which an index may hold them.
SELECT unnest(ARRAY[e.id::text, e.message_id::text]) AS item FROM episodes e JOIN messages m ON m.id = e.message_id
WHERE m.id = ANY($2::uuid[]) OR m.answered_by = ANY($1::uuid[]) OR m.turn_id = ANY($1::uuid[]);

-- part_offers: What was bought outlives the turn that offered it.
UPDATE offers SET turn_id = NULL WHERE turn_id = ANY($1::uuid[]);

-- empty_events: The raw events of some turns' and other messages lose their bodies; their keys still know a repeat.
UPDATE raw_events e SET body = NULL WHERE e.agency_id = current_agency() AND e.body IS NOT NULL AND e.id IN (
    SELECT m.id FROM messages m WHERE m.id = ANY($2::uuid[]) OR m.answered_by = ANY($1::uuid[]));

-- drop_proposals: Remove a batch of posts that were proposed in chats before a moment, and that nobody approved.
DELETE FROM posts WHERE id IN (SELECT p.id FROM posts p WHERE p.conversation_id IS NOT NULL AND p.made_at < $1 ORDER BY p.made_at LIMIT $2);

-- drop_turns: Remove turns with what they answered and said.
DELETE FROM turns WHERE id = ANY($1::uuid[]);

-- drop_messages: Remove messages.
DELETE FROM messages WHERE id = ANY($1::uuid[]);

-- drop_episodes: Remove a batch of episodes that are older than a moment; says which ids an index may hold.
WITH old AS (SELECT id FROM episodes WHERE said_at < $1 ORDER BY said_at LIMIT $2),
    gone AS (DELETE FROM episodes e USING old WHERE e.id = old.id RETURNING e.id, e.message_id)
SELECT unnest(ARRAY[id::text, message_id::text]) AS item FROM gone;

-- drop_summaries: Remove a batch of summaries that are older than a moment, as they retell episodes.
DELETE FROM summaries WHERE id IN (SELECT id FROM summaries WHERE made_at < $1 ORDER BY made_at LIMIT $2);

-- drop_facts: Remove a batch of facts that are older than a moment: learned, and last said, before it; with their history.
WITH old AS (
    SELECT f.id FROM facts f WHERE f.learned_at < $1 AND NOT EXISTS (
        SELECT FROM messages m WHERE m.id = ANY(f.source_message_ids) AND m.sent_at >= $1) ORDER BY f.learned_at LIMIT $2),
    gone AS (DELETE FROM facts f USING old WHERE f.id = old.id RETURNING f.id)
SELECT id::text AS item FROM gone;

-- drop_media: A batch of fans' files that are older than a moment is kept no more; says where they lie.
WITH old AS (
    SELECT f.id, f.blob_key FROM media f JOIN messages m ON m.id = f.message_id
    WHERE m.sent_at < $1 AND f.state <> 'refused' ORDER BY m.sent_at LIMIT $2),
    gone AS (UPDATE media f SET state = 'refused', reason = 'kept no longer', blob_key = NULL FROM old WHERE f.id = old.id
             RETURNING old.blob_key)
SELECT coalesce(blob_key, '') AS item FROM gone;

-- empty_traces: A batch of turns that are older than a moment keeps verdict and time, not how it was thought.
UPDATE turns SET trace = '{}' WHERE id IN (
    SELECT id FROM turns WHERE committed_at < $1 AND trace <> '{}' ORDER BY committed_at LIMIT $2);

-- drop_codes: Forget link codes that nobody can use any more.
DELETE FROM link_codes WHERE expires_at < $1::timestamptz - interval '1 day';

-- expire_kept: Remove what was kept of forgotten people, when its term is over; says of how many nothing is left.
SELECT expire_kept($1, $2);

-- drop_rests: Forget why selling rested, when that is long over.
DELETE FROM sale_rests WHERE noted_at < $1;
