-- list: Events of the agency in given states, newest first, without their bodies.
SELECT e.id, a.platform, a.key AS account, e.kind, e.state, e.received_at, e.correlation_id, e.conversation_id,
    coalesce(octet_length(e.body), 0) AS bytes
FROM raw_events e JOIN accounts a ON a.id = e.account_id
WHERE e.state = ANY($1::text[]) ORDER BY e.id DESC LIMIT $2;

-- load: One event with its body as it came.
SELECT e.id, a.platform, a.key AS account, e.kind, e.state, e.received_at, e.correlation_id, e.conversation_id,
    coalesce(octet_length(e.body), 0) AS bytes, e.body
FROM raw_events e JOIN accounts a ON a.id = e.account_id WHERE e.id = $1;

-- count: How many events of the last days a person should look at.
SELECT count(*) FILTER (WHERE state = 'unreadable') AS unreadable, count(*) FILTER (WHERE state = 'unmatched') AS unmatched
FROM raw_events WHERE received_at > now() - make_interval(days => $1) AND state IN ('unreadable', 'unmatched');

-- to_replay: Events in given states that came in since a moment, the oldest first, behind one that was replayed already.
SELECT id FROM raw_events WHERE state = ANY($1::text[]) AND ($2::timestamptz IS NULL OR received_at >= $2)
    AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4;

-- lock: An event that may be read again, locked.
SELECT id, account_id, event_key, state, body, received_at, correlation_id FROM raw_events WHERE id = $1 FOR UPDATE;

-- drop: Make room for what an event means when it is read again; one that was taken stays.
DELETE FROM raw_events WHERE id = $1 AND state <> 'taken';

-- put_back: When an event that was read again came in at first; says what it is now.
UPDATE raw_events SET received_at = $2 WHERE id = $1 RETURNING state;

-- trim_bodies: Remove bodies that are older than some days, a batch at a time; says how many events were looked at.
WITH old AS (
    SELECT e.id FROM agencies a JOIN raw_events e ON e.agency_id = a.id
    WHERE a.id = current_agency() AND e.id > coalesce(a.events_trimmed_to, '00000000-0000-0000-0000-000000000000')
        AND e.id < uuid_of(clock_timestamp() - make_interval(days => $1), false)
    ORDER BY e.id LIMIT $2),
emptied AS (
    UPDATE raw_events e SET body = NULL FROM old WHERE e.agency_id = current_agency() AND e.id = old.id AND e.body IS NOT NULL),
noted AS (
    UPDATE agencies SET events_trimmed_to = (SELECT id FROM old ORDER BY id DESC LIMIT 1)
    WHERE id = current_agency() AND EXISTS (SELECT FROM old))
SELECT count(*) FROM old;

-- trim_keys: Remove events that are older than any repeat, a batch at a time.
DELETE FROM raw_events WHERE agency_id = current_agency() AND id IN (
    SELECT e.id FROM raw_events e WHERE e.agency_id = current_agency()
        AND e.id < uuid_of(clock_timestamp() - make_interval(days => $1), false) ORDER BY e.id LIMIT $2);
