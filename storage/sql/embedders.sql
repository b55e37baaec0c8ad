-- load: Whose vectors recall of the agency searches.
SELECT embedder, model, previous, extract(epoch FROM clock_timestamp() - switched_at)::float8 AS since_s
FROM embedders WHERE agency_id = current_agency();

-- begin: An agency that has no embedder yet begins with this one.
INSERT INTO embedders (agency_id, embedder, model) VALUES (current_agency(), $1, $2) ON CONFLICT (agency_id) DO NOTHING;

-- note_model: The setting that opens the embedder, where its name has not changed.
UPDATE embedders SET model = $2 WHERE agency_id = current_agency() AND embedder = $1 AND model <> $2;

-- facts_unchanged: Facts that hold and have no vector of the next embedder, fan by fan from one row on.
SELECT id, influencer_id, fan_id, text, NULL::halfvec AS embedding FROM facts
WHERE agency_id = current_agency() AND (place, fan_id, id) > (place_of($2), $2, $3) AND valid_to IS NULL AND retracted_at IS NULL
    AND embedder IS DISTINCT FROM $1 AND next_embedder IS DISTINCT FROM $1
ORDER BY place, fan_id, id LIMIT $4;

-- episodes_unchanged: Episodes that have no vector of the next embedder, fan by fan from one row on.
SELECT id, influencer_id, fan_id, text, NULL::halfvec AS embedding FROM episodes
WHERE agency_id = current_agency() AND (place, fan_id, id) > (place_of($2), $2, $3)
    AND embedder IS DISTINCT FROM $1 AND next_embedder IS DISTINCT FROM $1
ORDER BY place, fan_id, id LIMIT $4;

-- facts_set_next: The vector of a fact as the next embedder sees it, beside the one that is searched.
UPDATE facts SET next_embedder = $2, next_embedding = $3 WHERE id = $1;

-- episodes_set_next: The vector of an episode as the next embedder sees it, beside the one that is searched.
UPDATE episodes SET next_embedder = $2, next_embedding = $3 WHERE id = $1;

-- switch: From here on recall searches the vectors of another embedder.
UPDATE embedders SET previous = embedder, embedder = $1, model = $2, switched_at = clock_timestamp()
WHERE agency_id = current_agency() AND embedder <> $1;

-- facts_left_out: Facts that came in while it was switched, and have no vector of the new embedder, are for the index job.
UPDATE facts SET indexed_at = NULL
WHERE agency_id = current_agency() AND valid_to IS NULL AND retracted_at IS NULL AND indexed_at IS NOT NULL
    AND embedder IS DISTINCT FROM $1 AND next_embedder IS DISTINCT FROM $1;

-- episodes_left_out: Episodes that came in while it was switched, and have no vector of the new embedder, are for the index job.
UPDATE episodes SET indexed_at = NULL
WHERE agency_id = current_agency() AND indexed_at IS NOT NULL
    AND embedder IS DISTINCT FROM $1 AND next_embedder IS DISTINCT FROM $1;

-- facts_settle: The next vectors of some facts take the place of the old ones; vectors of anybody else's are dropped.
UPDATE facts SET embedder = CASE WHEN next_embedder = $1 THEN next_embedder END,
    embedding = CASE WHEN next_embedder = $1 THEN next_embedding END, next_embedder = NULL, next_embedding = NULL,
    indexed_at = CASE WHEN next_embedder = $1 THEN indexed_at END
WHERE id IN (SELECT id FROM facts WHERE agency_id = current_agency() AND (place, fan_id, id) > (place_of($2), $2, $3) AND embedder IS DISTINCT FROM $1
    AND (embedder IS NOT NULL OR next_embedder IS NOT NULL) ORDER BY place, fan_id, id LIMIT $4)
RETURNING fan_id, id;

-- episodes_settle: The next vectors of some episodes take the place of the old ones; vectors of anybody else's are dropped.
UPDATE episodes SET embedder = CASE WHEN next_embedder = $1 THEN next_embedder END,
    embedding = CASE WHEN next_embedder = $1 THEN next_embedding END, next_embedder = NULL, next_embedding = NULL,
    indexed_at = CASE WHEN next_embedder = $1 THEN indexed_at END
WHERE id IN (SELECT id FROM episodes WHERE agency_id = current_agency() AND (place, fan_id, id) > (place_of($2), $2, $3) AND embedder IS DISTINCT FROM $1
    AND (embedder IS NOT NULL OR next_embedder IS NOT NULL) ORDER BY place, fan_id, id LIMIT $4)
RETURNING fan_id, id;

-- facts_give_up: Drop vectors that were begun for an embedder which is not wanted any more.
UPDATE facts SET next_embedder = NULL, next_embedding = NULL
WHERE id IN (SELECT id FROM facts WHERE agency_id = current_agency() AND next_embedder <> $1 LIMIT $2);

-- episodes_give_up: Drop vectors that were begun for an embedder which is not wanted any more.
UPDATE episodes SET next_embedder = NULL, next_embedding = NULL
WHERE id IN (SELECT id FROM episodes WHERE agency_id = current_agency() AND next_embedder <> $1 LIMIT $2);

-- settled: The old embedder's vectors are gone.
UPDATE embedders SET previous = NULL WHERE agency_id = current_agency() AND embedder = $1;
