-- lock_fan: Let one writer at a time change what is known of a person, one of whose fan rows is given, to the transaction's end.
SELECT pg_advisory_xact_lock(hashtextextended(coalesce(person_id, id)::text, 0)) FROM fans WHERE id = $1::uuid;

-- alike: What holds now of a person under a subject, or one that begins with it and a space if so asked, and one of some kinds; oldest first.
SELECT id, kind, subject, text, valid_from FROM facts
WHERE fan_id = ANY(ARRAY(SELECT person_fans($1))) AND influencer_id = $2 AND kind = ANY($3::text[])
    AND (subject = $4 OR $5 AND starts_with(subject, $4 || ' '))
    AND valid_to IS NULL AND retracted_at IS NULL
ORDER BY id;

-- said: When the first of some messages was said (now, if there are none), and whether a person took back what was read out of them.
SELECT coalesce((SELECT min(sent_at) FROM messages WHERE id = ANY($1::uuid[])), clock_timestamp()) AS said_at,
    EXISTS (SELECT FROM facts WHERE fan_id = $2 AND influencer_id = $3 AND kind = $4 AND subject = $5 AND retracted_at IS NOT NULL
        AND source_message_ids && $1::uuid[]) AS retracted;

-- reinforce: It was said again: seen once more (unless by the same messages), surer, with its newest sources; standing stays.
UPDATE facts SET seen = seen + CASE WHEN cardinality($4::uuid[]) > 0 AND source_message_ids @> $4 THEN 0 ELSE 1 END,
    standing = standing OR $5, confidence = greatest(confidence, $2), importance = greatest(importance, $3),
    source_message_ids = (SELECT coalesce(array_agg(id), '{}') FROM (
        SELECT DISTINCT s AS id FROM unnest(source_message_ids || $4::uuid[]) AS s ORDER BY s DESC LIMIT 20) AS newest)
WHERE id = $1;

-- add: A new fact, true since its first source was said.
INSERT INTO facts (id, agency_id, influencer_id, fan_id, kind, subject, text, source_message_ids, importance, confidence,
    valid_from, standing, made_by)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (id) DO NOTHING;

-- supersede: An older fact stopped being true when the newer one began; the index must drop it.
UPDATE facts o SET valid_to = greatest(o.valid_from, n.valid_from), superseded_by = n.id, indexed_at = NULL
FROM facts n WHERE n.id = $2 AND o.id = $1 AND o.valid_to IS NULL;

-- standing: A fan's standing preferences and instructions, weightiest first; of people who are one, the newest word counts.
SELECT id, kind, subject, text, importance, learned_at, valid_from FROM (
    SELECT DISTINCT ON (kind, subject) id, kind, subject, text, importance, learned_at, valid_from FROM facts
    WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND standing AND valid_to IS NULL AND retracted_at IS NULL
    ORDER BY kind, subject, valid_from DESC, id DESC) AS newest
ORDER BY importance DESC, valid_from DESC, id DESC LIMIT $3;

-- by_ids: Those of some found facts of a fan that hold now.
SELECT id, kind, subject, text, importance, learned_at, NULL::float8 AS similarity
FROM facts WHERE id = ANY($3::uuid[]) AND fan_id = ANY($1::uuid[]) AND influencer_id = $2
    AND valid_to IS NULL AND retracted_at IS NULL;

-- waiting: A fan's newest facts that the index does not hold yet, or holds as another embedder saw them.
SELECT id, kind, subject, text, importance, learned_at,
    1 - (CASE WHEN embedder = $3 THEN embedding WHEN next_embedder = $3 THEN next_embedding END <=> $4::halfvec) AS similarity
FROM facts WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND valid_to IS NULL AND retracted_at IS NULL
    AND (indexed_at IS NULL OR embedder IS DISTINCT FROM $3 AND next_embedder IS DISTINCT FROM $3)
ORDER BY learned_at DESC LIMIT $5;

-- nearest: A fan's facts by cosine, best first, searched exactly.
SELECT id, kind, subject, text, importance, learned_at,
    1 - (CASE WHEN embedder = $3 THEN embedding ELSE next_embedding END <=> $4::halfvec) AS similarity
FROM facts WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND valid_to IS NULL AND retracted_at IS NULL
    AND (embedder = $3 OR next_embedder = $3)
ORDER BY similarity DESC LIMIT $5;

-- worded: A fan's facts that share words with a text, most first; each is read in the language that it was written in.
WITH held AS MATERIALIZED (
    SELECT id, kind, subject, text, importance, learned_at, dictionary, search
    FROM facts WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND valid_to IS NULL AND retracted_at IS NULL
), telling AS (
    SELECT word FROM unnest(tsvector_to_array(to_tsvector('simple', $3))) AS word
    WHERE word <> 'fan' AND length(to_tsvector('english', word)) > 0
), asked AS (
    SELECT spoken.dictionary, nullif(string_agg(quote_literal(lexeme), ' | '), '')::tsquery AS words
    FROM (SELECT DISTINCT dictionary FROM held) AS spoken, telling, unnest(tsvector_to_array(to_tsvector(spoken.dictionary, word))) AS lexeme
    GROUP BY spoken.dictionary)
SELECT id, kind, subject, text, importance, learned_at, NULL::float8 AS similarity
FROM held JOIN asked USING (dictionary) WHERE search @@ words
ORDER BY ts_rank(search, words) DESC, learned_at DESC LIMIT $4;

-- bearing: A fan's facts that bear on a text: by cosine, searched exactly; newest ones without a vector of this embedder; by words.
WITH held AS MATERIALIZED (
    SELECT id, kind, subject, text, importance, learned_at, dictionary, search,
        CASE WHEN embedder = $3 THEN embedding WHEN next_embedder = $3 THEN next_embedding END AS vector
    FROM facts WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND valid_to IS NULL AND retracted_at IS NULL
), telling AS (
    SELECT word FROM unnest(tsvector_to_array(to_tsvector('simple', $5))) AS word
    WHERE word <> 'fan' AND length(to_tsvector('english', word)) > 0
), asked AS (
    SELECT spoken.dictionary, nullif(string_agg(quote_literal(lexeme), ' | '), '')::tsquery AS words
    FROM (SELECT DISTINCT dictionary FROM held) AS spoken, telling, unnest(tsvector_to_array(to_tsvector(spoken.dictionary, word))) AS lexeme
    GROUP BY spoken.dictionary)
(SELECT id, kind, subject, text, importance, learned_at, 1 - (vector <=> $4::halfvec) AS similarity, 'nearest' AS why
    FROM held WHERE vector IS NOT NULL ORDER BY vector <=> $4::halfvec LIMIT $6)
UNION ALL
(SELECT id, kind, subject, text, importance, learned_at, NULL::float8, 'waiting'
    FROM held WHERE vector IS NULL ORDER BY learned_at DESC LIMIT $7)
UNION ALL
(SELECT id, kind, subject, text, importance, learned_at, NULL::float8, 'worded'
    FROM held JOIN asked USING (dictionary) WHERE search @@ words
    ORDER BY ts_rank(search, words) DESC, learned_at DESC LIMIT $6);

-- weightiest: A fan's facts by importance, for "what do you know of me?".
SELECT id, kind, subject, text, importance, learned_at, NULL::float8 AS similarity
FROM facts WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND valid_to IS NULL AND retracted_at IS NULL
ORDER BY importance DESC, seen DESC, learned_at DESC LIMIT $3;

-- count_indexed: How many of a fan's facts the index should hold under an embedder.
SELECT count(*) FROM facts
WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND valid_to IS NULL AND retracted_at IS NULL AND indexed_at IS NOT NULL
    AND (embedder = $3 OR next_embedder = $3);

-- mark_missing: Have the job index again those of a fan's facts that the index lost.
UPDATE facts SET indexed_at = NULL
WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND valid_to IS NULL AND retracted_at IS NULL AND indexed_at IS NOT NULL
    AND NOT id = ANY($3::uuid[]);

-- unindexed: Facts that the index does not hold yet, oldest first; dead ones are to be dropped from it.
SELECT id, influencer_id, fan_id, text, valid_to IS NULL AND retracted_at IS NULL AS holds,
    CASE WHEN embedder = $1 THEN embedding WHEN next_embedder = $1 THEN next_embedding END AS embedding
FROM facts WHERE indexed_at IS NULL AND learned_at <= clock_timestamp() ORDER BY learned_at LIMIT $2;

-- set_embedding: The vector of a fact, as an embedder sees it.
UPDATE facts SET embedder = $2, embedding = $3 WHERE id = $1;

-- drop_embedding: Forget the vectors of facts.
UPDATE facts SET embedder = NULL, embedding = NULL, indexed_at = NULL WHERE id = ANY($1::uuid[]);

-- set_indexed: The index is right about these facts now, unless they began or ceased to hold meanwhile.
UPDATE facts SET indexed_at = clock_timestamp()
WHERE id = ANY($1::uuid[]) AND (valid_to IS NULL AND retracted_at IS NULL) = $2;

-- of_fan: All that is and was known of a fan, newest first.
SELECT id, kind, subject, text, importance, confidence, seen, valid_from, valid_to, learned_at, retracted_at, superseded_by
FROM facts WHERE fan_id = $1 AND influencer_id = $2 ORDER BY id DESC LIMIT $3;
