-- claim: Take a fan's file that waits to be fetched; a second fetcher finds nothing for a while.
UPDATE media m SET attempts = m.attempts + 1, not_before = clock_timestamp() + interval '60 seconds'
FROM messages s JOIN conversations c ON c.id = s.conversation_id
WHERE m.id = $1 AND m.state = 'waiting' AND m.not_before <= clock_timestamp() AND s.id = m.message_id
RETURNING m.id, m.kind, m.file_id, m.announced_mime AS mime, m.announced_bytes AS bytes, m.attempts, c.account_id, c.id AS conversation_id;

-- of_message: The files of a message that wait.
SELECT id FROM media WHERE message_id = $1 AND state = 'waiting';

-- pictures: The stored pictures of some messages, in the order they came.
SELECT message_id, blob_key, mime FROM media WHERE message_id = ANY($1::uuid[]) AND state = 'stored' AND mime LIKE 'image/%'
ORDER BY id LIMIT $2;

-- list: The files of a conversation, newest first.
SELECT m.id, m.message_id, m.kind, m.state, coalesce(m.mime, m.announced_mime) AS mime, coalesce(m.bytes, m.announced_bytes) AS bytes,
    m.reason
FROM media m JOIN messages s ON s.id = m.message_id WHERE s.conversation_id = $1 ORDER BY m.id DESC LIMIT 500;

-- find_stored: Where a file lies with us.
SELECT message_id, blob_key, mime FROM media WHERE id = $1 AND state = 'stored';

-- stored: The file lies with us now.
UPDATE media SET state = 'stored', mime = $2, bytes = $3, blob_key = $4 WHERE id = $1;

-- refused: The file will not be fetched, and why.
UPDATE media SET state = 'refused', reason = $2 WHERE id = $1;

-- retry: Try again after some seconds.
UPDATE media SET not_before = clock_timestamp() + make_interval(secs => $2), reason = $3 WHERE id = $1;
