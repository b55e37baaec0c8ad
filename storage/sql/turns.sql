-- claim: Lease turns that may be thought, across agencies; a last row without conversation says when the next falls due.
SELECT agency_id, conversation_id, turn_id, fence, attempts, wait_s FROM claim_turns($1, $2, $3, $4, $5);

-- keep: Keep leases alive; answers those that are still their holder's.
SELECT keep_leases AS id FROM keep_leases($1, $2, $3);

-- state: Whether a thinking still answers what is said.
SELECT turn_state($1, $2, $3, $4, $5, $6, $7);

-- open: Lock the conversation for the commit, say the same of it, and write the turn's record.
SELECT open_turn($1);

-- write: Write what the turn ends in.
SELECT write_turn($1);

-- commit: Open and write in one, in an agency.
SELECT commit_turn($1, $2);

-- say: Write what leaves for a fan: messages and deliveries.
SELECT say_parts($1, $2, $3, $4, $5, $6);

-- gather: All that a thinking needs, as one JSON document; `$2` messages of window at most, the moment of the `$3`-th latest turn.
SELECT json_build_object(
    'burst', (SELECT coalesce(json_agg(b ORDER BY b.sent_at, b.id), '[]') FROM (
        SELECT m.id, m.conversation_id, m.direction, m.author, m.kind, m.text, m.sent_at, m.meta, m.platform_message_id, m.group_key,
               m.correlation_id
        FROM messages m WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.answered_at IS NULL AND m.deleted_at IS NULL
        ORDER BY m.sent_at, m.id LIMIT 200) AS b),
    'window', coalesce(said.lines, '[]'), 'summary', coalesce(s.text, ''),
    'conversation', json_build_object('id', c.id, 'agency_id', c.agency_id, 'account_id', c.account_id,
        'influencer_id', c.influencer_id, 'fan_id', c.fan_id, 'platform_key', c.platform_key, 'owner', c.owner,
        'owner_name', c.owner_name, 'owner_epoch', c.owner_epoch, 'disclosed_at', c.disclosed_at,
        'waiting_sent_at', CASE WHEN c.waiting_sent_at > clock_timestamp() - interval '1 day' THEN c.waiting_sent_at END),
    'account', json_build_object('id', a.id, 'agency_id', a.agency_id, 'influencer_id', a.influencer_id, 'platform', a.platform,
        'key', a.key, 'inbound', a.inbound, 'sandbox', a.sandbox, 'autonomy', a.autonomy, 'quiet_s', a.quiet_s,
        'options', a.options, 'pace', coalesce(v.document -> 'pace', '{}'),
        'zone', coalesce(v.document ->> 'time_zone', 'UTC')),
    'sealed', (SELECT coalesce(json_object_agg(s.name, replace(encode(s.sealed, 'base64'), E'\n', '')), '{}')
        FROM account_secrets s WHERE s.account_id = a.id),
    'fan', json_build_object('id', f.id, 'identity_id', n.id, 'handle', n.handle,
        'display_name', coalesce(n.display_name, f.display_name), 'language', f.language, 'reachable', c.reachable,
        'adult_confirmed_at', f.adult_confirmed_at, 'opted_out_at', f.opted_out_at,
        'minor_signal_at', coalesce(f.minor_signal_at, (SELECT min(o.minor_signal_at) FROM fans o WHERE o.person_id = f.person_id)),
        'also', (SELECT coalesce(json_agg(o.id ORDER BY o.id), '[]') FROM fans o WHERE o.person_id = f.person_id AND o.id <> f.id)),
    'only_local', stays_local(c), 'noticed_s', extract(epoch FROM clock_timestamp() - coalesce(c.noticed_at, c.disclosed_at)), 'regions', to_json(array_remove(ARRAY[coalesce(a.options ->> 'region', (SELECT g.region FROM agencies g WHERE g.id = c.agency_id)),
        f.region], NULL)),
    'persona_version_id', coalesce(c.persona_version_id, i.persona_version_id), 'revision', c.revision, 'last_error', c.last_error,
    'wait_s', extract(epoch FROM c.due_at - clock_timestamp()),
    'waiting_for_operator', EXISTS (SELECT FROM drafts d WHERE d.conversation_id = c.id AND d.state = 'held' AND d.parts = '[]'),
    'flurry_s', (SELECT extract(epoch FROM clock_timestamp() - t.committed_at) FROM turns t WHERE t.conversation_id = c.id
        ORDER BY t.fence DESC OFFSET $3 LIMIT 1),
    'before', CASE WHEN said.number < $2 THEN 0
        ELSE (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id AND m.id < said.first) END)::text
FROM conversations c JOIN accounts a ON a.id = c.account_id JOIN influencers i ON i.id = c.influencer_id
LEFT JOIN persona_versions v ON v.id = coalesce(c.persona_version_id, i.persona_version_id)
JOIN identities n ON n.id = c.identity_id JOIN fans f ON f.id = c.fan_id
LEFT JOIN LATERAL (SELECT text, upto_message_id FROM summaries WHERE conversation_id = c.id ORDER BY id DESC LIMIT 1) AS s ON true
CROSS JOIN LATERAL (SELECT json_agg(w ORDER BY w.id) AS lines, (array_agg(w.id ORDER BY w.id))[1] AS first, count(*) AS number FROM (
    SELECT m.id, m.conversation_id, m.direction, m.author, m.kind, m.text, m.sent_at, m.meta, m.platform_message_id
    FROM messages m
    WHERE m.conversation_id = c.id AND m.deleted_at IS NULL AND (m.direction = 'out' OR m.answered_at IS NOT NULL)
        AND (s.upto_message_id IS NULL OR m.id > s.upto_message_id)
        AND NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = m.id AND d.state IN ('not_sent', 'stopped', 'dropped'))
    ORDER BY m.id DESC LIMIT $2) AS w) AS said
WHERE c.id = $1;

-- give_back: End a lease without a turn; it is tried again after some seconds.
UPDATE conversations SET lease_until = NULL, leased_by = NULL, last_error = $3, attempts = greatest(0, attempts - $5),
    due_at = CASE WHEN owner = 'agent' THEN greatest(due_at, clock_timestamp() + make_interval(secs => $4)) END
WHERE id = $1 AND fence = $2 AND leased_by IS NOT NULL;

-- rest: There was nothing to answer after all; the conversation sleeps, unless something came in meanwhile.
SELECT rest_turn($1, $2);

-- wake_asleep: Make due what waits unanswered for so many seconds and is not due at all.
SELECT wake_asleep($1);

-- latest: The latest turn of a conversation.
SELECT t.id, t.conversation_id, t.verdict, t.reason, t.brain, t.trace, t.correlation_id, t.committed_at, t.persona_version_id,
    v.version AS persona_version
FROM turns t JOIN persona_versions v ON v.id = t.persona_version_id WHERE t.conversation_id = $1 ORDER BY t.id DESC LIMIT 1;
