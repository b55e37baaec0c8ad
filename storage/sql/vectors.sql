-- episodes_unindexed: Episodes that the index does not hold yet, oldest first.
SELECT id, influencer_id, fan_id, text, true AS holds, CASE WHEN embedder = $1 THEN embedding WHEN next_embedder = $1 THEN next_embedding END AS embedding
FROM episodes WHERE indexed_at IS NULL AND agency_id = current_agency() ORDER BY id LIMIT $2;

-- episodes_set_embedding: The vector of an episode, as an embedder sees it.
UPDATE episodes SET embedder = $2, embedding = $3 WHERE id = $1;

-- episodes_drop_embedding: Forget the vectors of episodes.
UPDATE episodes SET embedder = NULL, embedding = NULL, indexed_at = NULL WHERE id = ANY($1::uuid[]);

-- episodes_set_indexed: The index holds these episodes now.
UPDATE episodes SET indexed_at = clock_timestamp() WHERE id = ANY($1::uuid[]) AND $2::boolean;

-- episodes_nearest: A fan's episodes by cosine, best first, searched exactly.
SELECT id, 1 - (CASE WHEN embedder = $3 THEN embedding ELSE next_embedding END <=> $4::halfvec) AS similarity
FROM episodes WHERE fan_id = $1 AND influencer_id = $2 AND (embedder = $3 OR next_embedder = $3)
ORDER BY CASE WHEN embedder = $3 THEN embedding ELSE next_embedding END <=> $4::halfvec LIMIT $5;

-- facts_rows: What holds of facts, fan by fan as they lie in an index, from one row on: what an index should hold of them.
SELECT id, influencer_id, fan_id, text, CASE WHEN embedder = $3 THEN embedding WHEN next_embedder = $3 THEN next_embedding END AS embedding,
    indexed_at IS NOT NULL AS indexed
FROM facts WHERE agency_id = current_agency() AND (place, fan_id, id) > (place_of($1), $1, $2) AND valid_to IS NULL AND retracted_at IS NULL
ORDER BY place, fan_id, id LIMIT $4;

-- episodes_rows: Episodes, fan by fan as they lie in an index, from one row on: what an index should hold of them.
SELECT id, influencer_id, fan_id, text, CASE WHEN embedder = $3 THEN embedding WHEN next_embedder = $3 THEN next_embedding END AS embedding,
    indexed_at IS NOT NULL AS indexed
FROM episodes WHERE agency_id = current_agency() AND (place, fan_id, id) > (place_of($1), $1, $2) ORDER BY place, fan_id, id LIMIT $4;

-- facts_living: Those of some ids that are facts which hold, with the fan and the vector that an index should hold of them.
SELECT id, influencer_id, fan_id, '' AS text,
       CASE WHEN embedder = $2 THEN embedding WHEN next_embedder = $2 THEN next_embedding END AS embedding
FROM facts WHERE id = ANY($1::uuid[]) AND agency_id = current_agency() AND valid_to IS NULL AND retracted_at IS NULL;

-- episodes_living: Those of some ids that are episodes, with the fan and the vector that an index should hold of them.
SELECT id, influencer_id, fan_id, '' AS text,
       CASE WHEN embedder = $2 THEN embedding WHEN next_embedder = $2 THEN next_embedding END AS embedding
FROM episodes WHERE id = ANY($1::uuid[]) AND agency_id = current_agency();

-- facts_count: How many facts of the agency hold, and how many of them lack a vector of an embedder.
SELECT count(*) AS held, count(*) FILTER (WHERE embedder IS DISTINCT FROM $1 AND next_embedder IS DISTINCT FROM $1) AS bare
FROM facts WHERE agency_id = current_agency() AND valid_to IS NULL AND retracted_at IS NULL;

-- episodes_count: How many episodes the agency has, and how many of them lack a vector of an embedder.
SELECT count(*) AS held, count(*) FILTER (WHERE embedder IS DISTINCT FROM $1 AND next_embedder IS DISTINCT FROM $1) AS bare
FROM episodes WHERE agency_id = current_agency();

-- facts_unmark: Have the job index facts again.
UPDATE facts SET indexed_at = NULL WHERE agency_id = current_agency() AND indexed_at IS NOT NULL AND id = ANY($1::uuid[]);

-- episodes_unmark: Have the job index episodes again.
UPDATE episodes SET indexed_at = NULL WHERE agency_id = current_agency() AND indexed_at IS NOT NULL AND id = ANY($1::uuid[]);

-- leftovers: Ids of the agency that an index may still hold although their rows are gone or another fan's.
SELECT id FROM leftovers WHERE agency_id = current_agency() AND tier = $1 ORDER BY id LIMIT $2;

-- clear_leftovers: The index has dropped these.
DELETE FROM leftovers WHERE agency_id = current_agency() AND tier = $1 AND id = ANY($2::uuid[]);

-- progress: How far the rebuilding of an index has come.
SELECT from_rows, after_fan_id, after_id, done FROM reindexings WHERE agency_id = current_agency() AND tier = $1;

-- put_progress: Note how far the rebuilding of an index has come.
INSERT INTO reindexings (agency_id, tier, from_rows, after_fan_id, after_id, done) VALUES (current_agency(), $1, $2, $3, $4, $5)
ON CONFLICT (agency_id, tier) DO UPDATE SET from_rows = excluded.from_rows, after_fan_id = excluded.after_fan_id,
    after_id = excluded.after_id, done = excluded.done;

-- end_progress: The index is rebuilt.
DELETE FROM reindexings WHERE agency_id = current_agency() AND tier = $1;

-- said_of_facts: The fan's own words that facts were found in.
SELECT f.id, left(string_agg(m.text, ' ' ORDER BY m.sent_at), 1000) AS text
FROM facts f JOIN messages m ON m.id = ANY(f.source_message_ids)
WHERE f.id = ANY($1::uuid[]) AND m.author = 'fan' AND m.text <> '' GROUP BY f.id;

-- set_dictionary: The dictionary that a fact's words are read with.
UPDATE facts SET dictionary = $2::text::regconfig WHERE id = $1 AND dictionary <> $2::text::regconfig;
