-- unread: Messages of the agency that were said and that memory has not read, oldest first; those that never left are not among them.
SELECT m.id AS message_id, m.conversation_id, c.influencer_id, c.fan_id, m.author, m.text, m.sent_at AS said_at,
    CASE WHEN m.author = 'fan' THEN coalesce(n.display_name, f.display_name, 'Fan') ELSE i.name END AS speaker, f.language
FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN influencers i ON i.id = c.influencer_id
    JOIN fans f ON f.id = c.fan_id JOIN identities n ON n.id = c.identity_id
WHERE m.agency_id = current_agency() AND m.remembered_at IS NULL AND m.deleted_at IS NULL AND m.author <> 'system'
    AND f.minor_signal_at IS NULL
    AND m.kind IN ('text', 'media', 'pack') AND m.received_at <= clock_timestamp() - make_interval(secs => $1)
    AND (m.direction = 'in' OR NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = m.id AND d.state <> 'sent'))
ORDER BY m.id LIMIT $2;

-- pass_over: What nobody said (notices, commands, empty messages) is not read; what did not leave within a day is not waited for.
UPDATE messages m SET remembered_at = clock_timestamp()
WHERE m.agency_id = current_agency() AND m.remembered_at IS NULL AND m.deleted_at IS NULL AND (
    m.author = 'system' OR m.kind NOT IN ('text', 'media', 'pack') OR (m.direction = 'out'
        AND m.received_at < clock_timestamp() - interval '1 day' AND EXISTS (
            SELECT FROM deliveries d WHERE d.message_id = m.id AND d.state IN ('not_sent', 'stopped', 'dropped', 'unknown'))));

-- clear: What memory held of a message's earlier words.
DELETE FROM episodes WHERE message_id = ANY($1::uuid[]);

-- keep: One piece of a message as memory sees it, unless its words changed or went meanwhile.
INSERT INTO episodes (id, agency_id, influencer_id, fan_id, conversation_id, message_id, piece, author, speaker, text, said_at,
                      dictionary, embedder, embedding, indexed_at)
SELECT $1, current_agency(), c.influencer_id, c.fan_id, c.id, m.id, $3, m.author, $10, $4, m.sent_at,
    $5::text::regconfig, $6, $7, CASE WHEN $9 THEN clock_timestamp() END
FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = $2 AND m.text = $8 AND m.deleted_at IS NULL
ON CONFLICT (message_id, piece) DO NOTHING;

-- settle: These messages are read, in the words that were read.
UPDATE messages m SET remembered_at = clock_timestamp() FROM unnest($1::uuid[], $2::text[]) AS r(id, text)
WHERE m.id = r.id AND m.text = r.text;

-- search: A fan's pieces by words (BM25 over a piece, who speaks, and at half weight its neighbours) and by cosine; the best of both.
WITH held AS MATERIALIZED (
    SELECT e.id, e.message_id, e.conversation_id, e.author, e.speaker, e.said_at, e.dictionary, e.search, greatest(length(e.search), 1) AS size,
        CASE WHEN $6::uuid[] IS NULL OR e.id = ANY($6) OR get_byte(uuid_send(e.id), 15) < 32
            THEN 1 - (CASE WHEN e.embedder = $4 THEN e.embedding WHEN e.next_embedder = $4 THEN e.next_embedding END <=> $3::halfvec)
        END AS likeness,
        row_number() OVER (ORDER BY e.conversation_id, e.said_at, e.message_id, e.piece)::integer AS place,
        e.said_at - lag(e.said_at) OVER talk <= make_interval(secs => $7) AS joins_last,
        lead(e.said_at) OVER talk - e.said_at <= make_interval(secs => $7) AS joins_next
    FROM episodes e WHERE e.fan_id = ANY($1::uuid[]) AND e.influencer_id = $2
    WINDOW talk AS (PARTITION BY e.conversation_id ORDER BY e.said_at, e.message_id, e.piece)
), asked AS MATERIALIZED (
    SELECT row_number() OVER ()::integer AS word, quote_literal(lexeme)::tsquery AS query FROM (
        SELECT DISTINCT lexeme FROM (SELECT DISTINCT dictionary FROM held) AS d, unnest(to_tsvector(d.dictionary, $5))) AS w
), whole AS (
    SELECT count(*)::float8 AS pieces, avg(size)::float8 AS size, avg(likeness) AS alike, nullif(stddev_pop(likeness), 0) AS spread FROM held
), hit AS MATERIALIZED (
    SELECT h.place, h.joins_last, h.joins_next, a.word, 1 / (0.25 + 0.75 * h.size / w.size) AS weight
    FROM whole w, held h JOIN asked a ON h.search @@ a.query
), rare AS (
    SELECT a.word, ln(1 + (w.pieces - count(h.place) + 0.5) / (count(h.place) + 0.5)) AS idf
    FROM whole w, asked a LEFT JOIN hit h USING (word) GROUP BY a.word, w.pieces
), called AS (
    SELECT s.dictionary, s.speaker, a.word FROM (SELECT DISTINCT dictionary, speaker FROM held) AS s
    JOIN asked a ON to_tsvector(s.dictionary, s.speaker) @@ a.query
), near AS (
    SELECT place, word, weight FROM hit
    UNION ALL
    SELECT h.place, c.word, 1 FROM called c JOIN held h USING (dictionary, speaker)
    UNION ALL
    SELECT place + 1, word, weight / 2 FROM hit WHERE joins_next
    UNION ALL
    SELECT place - 1, word, weight / 2 FROM hit WHERE joins_last
), worded AS (
    SELECT n.place, sum(r.idf * n.weight * 2.2 / (n.weight + 1.2)) AS words
    FROM (SELECT place, word, sum(weight) AS weight FROM near GROUP BY place, word) AS n JOIN rare r USING (word) GROUP BY n.place
), dense AS (
    SELECT coalesce(sum(words), 0) / nullif(w.pieces, 0) AS mean,
        nullif(sqrt(greatest(coalesce(sum(words * words), 0) / nullif(w.pieces, 0) - (coalesce(sum(words), 0) / nullif(w.pieces, 0)) ^ 2, 0)), 0) AS spread
    FROM whole w LEFT JOIN worded ON true GROUP BY w.pieces
), ranked AS (
    SELECT h.*, coalesce(w.words, 0)::float8 AS words,
        row_number() OVER (ORDER BY w.words DESC NULLS LAST, h.place DESC) AS by_words,
        row_number() OVER (ORDER BY h.likeness DESC NULLS LAST, h.place DESC) AS by_likeness
    FROM held h LEFT JOIN worded w USING (place) WHERE NOT h.message_id = ANY($8::uuid[])
), chosen AS (
    SELECT r.*, coalesce(r.likeness, 1 - (CASE WHEN e.embedder = $4 THEN e.embedding
        WHEN e.next_embedder = $4 THEN e.next_embedding END <=> $3::halfvec))::float8 AS alike
    FROM ranked r JOIN episodes e USING (id)
    WHERE (r.words > 0 AND r.by_words <= $9) OR (r.likeness IS NOT NULL AND r.by_likeness <= $9) OR r.id = ANY($6)
)
SELECT c.message_id, c.conversation_id, c.author, c.said_at, c.alike AS likeness,
    coalesce((c.words - d.mean) / d.spread, 0)::float8 AS words, coalesce((c.alike - w.alike) / w.spread, 0)::float8 AS meaning,
    coalesce(c.words / nullif((SELECT sum(idf) FROM rare), 0), 0)::float8 AS share
FROM chosen c, whole w, dense d;

-- said: What some messages say now, with who speaks; deleted ones are not among them.
SELECT m.id AS message_id, m.author, m.text, m.sent_at AS said_at FROM messages m
WHERE m.id = ANY($1::uuid[]) AND m.deleted_at IS NULL;

-- count_indexed: How many pieces of a person an index should hold, as an embedder sees them.
SELECT count(*) FROM episodes WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND indexed_at IS NOT NULL AND embedder = $3;
