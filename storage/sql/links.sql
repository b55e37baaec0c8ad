-- person: The fan rows of a person, one row of which is given.
SELECT person_fans($1) AS id ORDER BY id;

-- lock: Keep others from linking or splitting some fan rows, to the end of the transaction; says which there are.
SELECT id FROM fans WHERE id = ANY($1::uuid[]) AND forgotten_at IS NULL ORDER BY id FOR NO KEY UPDATE;

-- put: Write a link; a proposal for the same two rows becomes it.
INSERT INTO links AS l (id, agency_id, fan_id, other_fan_id, state, way, evidence, confidence, made_by, decided_by, decided_at)
VALUES ($1, current_agency(), least($2::uuid, $3::uuid), greatest($2::uuid, $3::uuid), 'confirmed', $4, $5, $6, $7, $7, now())
ON CONFLICT (least(fan_id, other_fan_id), greatest(fan_id, other_fan_id)) WHERE state IN ('proposed', 'confirmed')
DO UPDATE SET state = 'confirmed', way = excluded.way, evidence = l.evidence || E'\n' || excluded.evidence,
    confidence = greatest(l.confidence, excluded.confidence), decided_by = excluded.decided_by, decided_at = excluded.decided_at
RETURNING l.id;

-- load: One link.
SELECT id, fan_id, other_fan_id, state, way, evidence, confidence, made_by, made_at, decided_by, decided_at, ended_by, ended_at
FROM links WHERE id = $1;

-- decide: A proposal is confirmed or rejected.
UPDATE links SET state = $2, decided_by = $3, decided_at = now() WHERE id = $1 AND state = 'proposed';

-- end: A confirmed link is undone.
UPDATE links SET state = 'split', ended_by = $2, ended_at = now() WHERE id = $1 AND state = 'confirmed';

-- holding: The confirmed links of one fan row.
SELECT id, fan_id, other_fan_id, state, way, evidence, confidence, made_by, made_at, decided_by, decided_at, ended_by, ended_at
FROM links WHERE state = 'confirmed' AND $1 IN (fan_id, other_fan_id) ORDER BY id;

-- of_person: All links of a person's fan rows, past ones too, newest first.
SELECT id, fan_id, other_fan_id, state, way, evidence, confidence, made_by, made_at, decided_by, decided_at, ended_by, ended_at
FROM links WHERE fan_id = ANY($1::uuid[]) OR other_fan_id = ANY($1::uuid[]) ORDER BY id DESC;

-- in_state: The agency's links in a state, newest first.
SELECT id, fan_id, other_fan_id, state, way, evidence, confidence, made_by, made_at, decided_by, decided_at, ended_by, ended_at
FROM links WHERE state = $1 ORDER BY id DESC LIMIT $2;

-- regroup: Find out anew which of some fan rows are one person.
SELECT regroup_fans($1);

-- divide_copy: After a split, what was said in another person's chats too becomes a fact of theirs, as it stood there.
WITH RECURSIVE chain AS (
    SELECT o.id AS fact, n.id AS later, n.superseded_by AS next, n.fan_id AS owner, n.valid_from AS began, 1 AS depth
        FROM facts o JOIN facts n ON n.id = o.superseded_by WHERE o.fan_id = ANY($1::uuid[])
    UNION ALL
    SELECT c.fact, n.id, n.superseded_by, n.fan_id, n.valid_from, c.depth + 1
        FROM chain c JOIN facts n ON n.id = c.next WHERE c.depth < 200
), said AS (
    SELECT f.id AS fact, chat.fan_id AS fan, array_agg(m.id ORDER BY m.id) AS sources, min(m.sent_at) AS began
    FROM facts f JOIN fans own ON own.id = f.fan_id CROSS JOIN LATERAL unnest(f.source_message_ids) AS s (id)
    JOIN messages m ON m.id = s.id JOIN conversations chat ON chat.id = m.conversation_id JOIN fans other ON other.id = chat.fan_id
    WHERE f.fan_id = ANY($1::uuid[]) AND f.retracted_at IS NULL
        AND coalesce(other.person_id, other.id) <> coalesce(own.person_id, own.id)
    GROUP BY f.id, chat.fan_id
), ended AS (
    SELECT DISTINCT ON (s.fact, s.fan) s.fact, s.fan, c.later, c.began
    FROM said s JOIN chain c ON c.fact = s.fact JOIN fans o ON o.id = c.owner JOIN fans f ON f.id = s.fan
    WHERE coalesce(o.person_id, o.id) = coalesce(f.person_id, f.id) ORDER BY s.fact, s.fan, c.depth
)
INSERT INTO facts (id, agency_id, influencer_id, fan_id, kind, subject, text, source_message_ids, importance, confidence, valid_from,
                   valid_to, superseded_by, seen, embedder, embedding, standing, made_by, dictionary)
SELECT uuid_of(clock_timestamp(), true), f.agency_id, f.influencer_id, s.fan, f.kind, f.subject, f.text, s.sources, f.importance,
    f.confidence, s.began,
    CASE WHEN e.later IS NOT NULL THEN greatest(s.began, e.began) END, e.later, cardinality(s.sources), f.embedder, f.embedding, f.standing, f.made_by,
    f.dictionary
FROM said s JOIN facts f ON f.id = s.fact LEFT JOIN ended e ON e.fact = s.fact AND e.fan = s.fan
WHERE NOT EXISTS (SELECT FROM facts known WHERE known.fan_id = ANY(ARRAY(SELECT person_fans(s.fan)))
    AND known.influencer_id = f.influencer_id AND known.kind = f.kind AND known.subject = f.subject AND known.text = f.text
    AND known.valid_to IS NULL AND known.retracted_at IS NULL);

-- divide_reopen: After a split, what only another person's word had ended holds again, or ends with the next word of their own.
WITH RECURSIVE chain AS (
    SELECT o.id AS fact, n.id AS later, n.superseded_by AS next, n.fan_id AS owner, n.valid_from AS began, 1 AS depth
        FROM facts o JOIN facts n ON n.id = o.superseded_by WHERE o.fan_id = ANY($1::uuid[])
    UNION ALL
    SELECT c.fact, n.id, n.superseded_by, n.fan_id, n.valid_from, c.depth + 1
        FROM chain c JOIN facts n ON n.id = c.next WHERE c.depth < 200
), links AS (
    SELECT c.*, coalesce(o.person_id, o.id) = coalesce(own.person_id, own.id) AS same
    FROM chain c JOIN facts f ON f.id = c.fact JOIN fans own ON own.id = f.fan_id JOIN fans o ON o.id = c.owner
), ends AS (
    SELECT DISTINCT ON (a.fact) a.fact, l.later, l.began
    FROM links a LEFT JOIN links l ON l.fact = a.fact AND l.same WHERE a.depth = 1 AND NOT a.same ORDER BY a.fact, l.depth
)
UPDATE facts f SET superseded_by = e.later, indexed_at = NULL,
    valid_to = CASE WHEN e.later IS NOT NULL THEN greatest(f.valid_from, e.began) END
FROM ends e WHERE f.id = e.fact;

-- divide_sources: After a split, a fact keeps the sources that its own person said.
UPDATE facts f SET source_message_ids = own.sources, seen = greatest(1, f.seen - cardinality(f.source_message_ids) + cardinality(own.sources))
FROM (SELECT f.id, array_agg(s.id ORDER BY s.n) FILTER (WHERE NOT coalesce(away.gone, false)) AS sources, bool_or(away.gone) AS any_gone
    FROM facts f JOIN fans mine ON mine.id = f.fan_id CROSS JOIN LATERAL unnest(f.source_message_ids) WITH ORDINALITY AS s (id, n)
    LEFT JOIN LATERAL (SELECT coalesce(o.person_id, o.id) <> coalesce(mine.person_id, mine.id) AS gone
        FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN fans o ON o.id = c.fan_id WHERE m.id = s.id) AS away ON true
    WHERE f.fan_id = ANY($1::uuid[]) GROUP BY f.id) AS own
WHERE f.id = own.id AND own.any_gone AND own.sources IS NOT NULL;

-- drop_codes: A fan has one code at a time.
DELETE FROM link_codes WHERE fan_id = $1 AND used_at IS NULL;

-- add_code: A code that a fan asked for, as its mark, for some seconds.
INSERT INTO link_codes (id, agency_id, fan_id, conversation_id, digest, expires_at)
VALUES ($1, current_agency(), $2, $3, $4, clock_timestamp() + make_interval(secs => $5));

-- find_code: What a code is worth in a conversation: good, late, own (asked for by the same fan), linked already, or barred.
SELECT k.id AS code_id, CASE
    WHEN i.link_tries >= $3 AND i.link_tries_since > clock_timestamp() - make_interval(secs => $4) THEN 'barred'
    WHEN k.id IS NULL THEN 'unknown'
    WHEN k.fan_id = c.fan_id THEN 'own'
    WHEN k.expires_at <= clock_timestamp() THEN 'late'
    WHEN k.fan_id = ANY(ARRAY(SELECT person_fans(c.fan_id))) THEN 'linked'
    ELSE 'good' END AS state
FROM conversations c JOIN identities i ON i.id = c.identity_id
LEFT JOIN link_codes k ON k.digest = $2 AND k.used_at IS NULL AND k.agency_id = c.agency_id
WHERE c.id = $1 ORDER BY k.made_at DESC LIMIT 1;

-- take_code: Use a code up, while it is good.
UPDATE link_codes SET used_at = clock_timestamp() WHERE id = $1 AND used_at IS NULL AND expires_at > clock_timestamp()
RETURNING fan_id, conversation_id, extract(epoch FROM clock_timestamp() - made_at)::float8 AS age_s;

-- count_try: A wrong code from an identity; what was long ago is forgotten.
UPDATE identities SET
    link_tries = CASE WHEN link_tries_since > clock_timestamp() - make_interval(secs => $2) THEN link_tries + 1 ELSE 1 END,
    link_tries_since = CASE WHEN link_tries_since > clock_timestamp() - make_interval(secs => $2) THEN link_tries_since
        ELSE clock_timestamp() END
WHERE id = (SELECT identity_id FROM conversations WHERE id = $1);

-- name_chat: How a conversation is called in evidence: platform and account; and whether its fan wants messages.
SELECT a.platform, a.key AS account, f.opted_out_at IS NOT NULL AS opted_out
FROM conversations c JOIN accounts a ON a.id = c.account_id JOIN fans f ON f.id = c.fan_id WHERE c.id = $1;
