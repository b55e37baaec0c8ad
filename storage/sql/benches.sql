-- chats: Give an account conversations numbered from $2 to $3, in the hands of $4; a handle is $5 plus the number.
WITH account AS (SELECT * FROM accounts WHERE id = $1),
    made AS (SELECT n, ($5::bigint + n)::text AS handle, gen_random_uuid() AS fan_id, gen_random_uuid() AS identity_id
             FROM generate_series($2::integer, $3::integer) AS n),
    new_fans AS (
        INSERT INTO fans (id, agency_id, display_name, language)
        SELECT m.fan_id, a.agency_id, 'Fan ' || m.n, 'en' FROM made m, account a),
    new_identities AS (
        INSERT INTO identities (id, agency_id, fan_id, platform, handle, display_name)
        SELECT m.identity_id, a.agency_id, m.fan_id, a.platform, m.handle, 'Fan ' || m.n FROM made m, account a)
INSERT INTO conversations (id, agency_id, account_id, influencer_id, identity_id, fan_id, platform_key, owner, disclosed_at)
SELECT gen_random_uuid(), a.agency_id, a.id, a.influencer_id, m.identity_id, m.fan_id, m.handle, $4, now() FROM made m, account a;

-- exchange: One answered message, $3 seconds ago, in each of the first $2 conversations of an account that the agent speaks in.
WITH said AS MATERIALIZED (
        SELECT c.id AS chat, c.agency_id, c.account_id, c.influencer_id, c.platform_key, c.owner_epoch, v.persona_version_id,
               uuidv7(make_interval(secs => -$3::float8)) AS in_id, uuidv7(make_interval(secs => -$3::float8)) AS turn_id,
               uuidv7(make_interval(secs => -$3::float8)) AS out_id, clock_timestamp() - make_interval(secs => $3::float8) AS at,
               row_number() OVER () AS n
        FROM (SELECT * FROM conversations WHERE account_id = $1 AND owner = 'agent' ORDER BY platform_key LIMIT $2) AS c
        JOIN influencers v ON v.id = c.influencer_id),
    raw AS (
        INSERT INTO raw_events (id, agency_id, account_id, event_key, kind, state, body, correlation_id, conversation_id, received_at)
        SELECT in_id, agency_id, account_id, 'past:' || in_id, 'message', 'taken',
               convert_to('{"update_id":1,"message":{"message_id":1,"text":"I walked along the quiet harbour this morning",'
                          || '"from":{"id":' || platform_key || ',"is_bot":false,"first_name":"Fan"},"date":1780000000}}', 'UTF8'),
               in_id::text, chat, at FROM said),
    turn AS (
        INSERT INTO turns (id, agency_id, conversation_id, persona_version_id, fence, verdict, brain, trace, correlation_id, committed_at)
        SELECT turn_id, agency_id, chat, persona_version_id, -n - $3::bigint * 1000000, 'send', 'past',
               '{"brain": "past", "timings": {"recall": 8.1, "think": 4.2, "total": 14.9}, "notes": [], "recalled": [], "tool_calls": []}',
               in_id::text, at FROM said),
    heard AS (
        INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, platform_message_id, correlation_id,
                              answered_at, answered_by, sent_at, received_at, remembered_at)
        SELECT in_id, agency_id, chat, 'in', 'fan', 'text', 'I walked along the quiet harbour this morning and thought of you.',
               'past:' || in_id, in_id::text, at, turn_id, at, at, at FROM said),
    answered AS (
        INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, platform_message_id, correlation_id,
                              turn_id, sent_at, received_at, remembered_at)
        SELECT out_id, agency_id, chat, 'out', 'agent', 'text', 'That sounds lovely. Tell me more about the harbour?',
               'past:' || out_id, in_id::text, turn_id, at, at, at FROM said),
    sent AS (
        INSERT INTO deliveries (id, agency_id, conversation_id, message_id, turn_id, part, owner_epoch, state, attempts, platform_ids,
                                correlation_id, created_at, settled_at, not_before)
        SELECT uuidv7(make_interval(secs => -$3::float8)), agency_id, chat, out_id, turn_id,
               '{"part": "text", "text": "That sounds lovely. Tell me more about the harbour?"}', owner_epoch, 'sent', 1,
               ARRAY['past:' || out_id], in_id::text, at, at, at FROM said)
UPDATE conversations c SET last_message_at = said.at FROM said WHERE c.id = said.chat;

-- stored: How many messages there are.
SELECT count(*) FROM messages;

-- begun: Milliseconds from the transaction that stored a turn's last message to the thinking's start, of the turns after the first $1.
SELECT extract(epoch FROM t.committed_at - m.received_at)::float8 * 1000 - (t.trace -> 'timings' ->> 'total')::float8
FROM turns t JOIN LATERAL (SELECT max(received_at) AS received_at FROM messages WHERE answered_by = t.id) AS m ON true
WHERE t.trace -> 'timings' ? 'total' AND m.received_at IS NOT NULL ORDER BY t.id OFFSET $1;

-- size: The bytes of a table on disk, with its indexes and what it keeps apart.
SELECT pg_total_relation_size($1::text::regclass);

-- agency: The agency that memories are added to.
INSERT INTO agencies (id, slug, name) VALUES ($1::uuid, 'bench-' || $1::uuid, 'Bench');

-- talk: A fan, an identity and a conversation with an account, for a talk that was had elsewhere; gives the conversation.
WITH account AS (SELECT * FROM accounts WHERE id = $1),
    fan AS (INSERT INTO fans (id, agency_id, display_name, language) SELECT $2, agency_id, $5, $6 FROM account RETURNING id),
    identity AS (
        INSERT INTO identities (id, agency_id, fan_id, platform, handle, display_name)
        SELECT $3, a.agency_id, f.id, a.platform, $4, $5 FROM account a, fan f RETURNING id)
INSERT INTO conversations (id, agency_id, account_id, influencer_id, identity_id, fan_id, platform_key, disclosed_at)
SELECT gen_random_uuid(), a.agency_id, a.id, a.influencer_id, i.id, f.id, $4, now() FROM account a, fan f, identity i RETURNING id;

-- lines: What was said in such a talk, all of it answered and sent.
INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, platform_message_id, correlation_id, answered_at,
                      sent_at, received_at)
SELECT l.id, current_agency(), $1, CASE WHEN l.author = 'fan' THEN 'in' ELSE 'out' END, l.author, 'text', l.text, l.id::text, l.id::text,
    CASE WHEN l.author = 'fan' THEN l.at END, l.at, l.at
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) AS l(id, author, text, at);

-- fact_sources: From which messages each fact of a fan was taken.
SELECT id, source_message_ids AS messages FROM facts WHERE fan_id = $1;
