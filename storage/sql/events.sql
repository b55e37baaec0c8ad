-- list: Events of the agency in given states, newest first, without their bodies.
SELECT e.id, a.platform, a.key AS account, e.kind, e.state, e.received_at, e.correlation_id, e.conversation_id,
    octet_length(e.body) AS bytes
FROM raw_events e JOIN accounts a ON a.id = e.account_id
WHERE e.state = ANY($1::text[]) ORDER BY e.received_at DESC, e.id DESC LIMIT $2;

-- load: One event with its body as it came.
SELECT e.id, a.platform, a.key AS account, e.kind, e.state, e.received_at, e.correlation_id, e.conversation_id,
    octet_length(e.body) AS bytes, e.body
FROM raw_events e JOIN accounts a ON a.id = e.account_id WHERE e.id = $1;

-- count: How many events of the last days a person should look at.
SELECT count(*) FILTER (WHERE state = 'unreadable') AS unreadable, count(*) FILTER (WHERE state = 'unmatched') AS unmatched
FROM raw_events WHERE received_at > now() - make_interval(days => $1) AND state IN ('unreadable', 'unmatched');
