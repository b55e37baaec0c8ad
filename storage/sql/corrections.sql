-- of_person: All that is and was known of a person, by any influencer of the agency, newest first.
SELECT f.id, f.fan_id, i.slug AS influencer, f.kind, f.subject, f.text, f.importance, f.confidence, f.seen, f.standing, f.made_by,
    f.valid_from, f.valid_to, f.learned_at, f.retracted_at, f.retracted_by, f.superseded_by, f.source_message_ids
FROM facts f JOIN influencers i ON i.id = f.influencer_id
WHERE f.fan_id = ANY(ARRAY(SELECT person_fans($1))) ORDER BY f.id DESC LIMIT $2;

-- load: One fact.
SELECT f.id, f.fan_id, i.slug AS influencer, f.kind, f.subject, f.text, f.importance, f.confidence, f.seen, f.standing, f.made_by,
    f.valid_from, f.valid_to, f.learned_at, f.retracted_at, f.retracted_by, f.superseded_by, f.source_message_ids
FROM facts f JOIN influencers i ON i.id = f.influencer_id WHERE f.id = $1;

-- correct: A person's word in the place of a fact, true from now on.
INSERT INTO facts (id, agency_id, influencer_id, fan_id, kind, subject, text, source_message_ids, importance, confidence, valid_from,
                   standing, made_by, dictionary)
SELECT $2, agency_id, influencer_id, fan_id, kind, subject, $3, '{}', importance, 1, clock_timestamp(), standing, $4, dictionary
FROM facts WHERE id = $1 AND valid_to IS NULL AND retracted_at IS NULL RETURNING id;

-- add: What a person says of a fan.
INSERT INTO facts (id, agency_id, influencer_id, fan_id, kind, subject, text, source_message_ids, importance, confidence, valid_from,
                   standing, made_by)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, '{}', $7, 1, clock_timestamp(), $8, $9) RETURNING id;

-- retract: It was never so; the index must drop it.
UPDATE facts SET retracted_at = clock_timestamp(), retracted_by = $2, indexed_at = NULL
WHERE id = $1 AND retracted_at IS NULL RETURNING id;

-- outranked: Whether an operator has said otherwise, or that it is not so, since some messages were said.
SELECT EXISTS (SELECT FROM facts f,
        (SELECT coalesce((SELECT max(sent_at) FROM messages WHERE id = ANY($5::uuid[])), clock_timestamp()) AS at) AS said
    WHERE f.fan_id = ANY(ARRAY(SELECT person_fans($1))) AND f.influencer_id = $2 AND f.kind = ANY($3::text[]) AND f.subject = $4
        AND ((f.made_by LIKE 'operator:%' AND f.valid_to IS NULL AND f.retracted_at IS NULL AND f.valid_from >= said.at)
            OR (f.retracted_by LIKE 'operator:%' AND f.retracted_at >= said.at)));

-- influencers_of: Influencers with whom a person has talked.
SELECT DISTINCT i.id, i.slug FROM conversations c JOIN influencers i ON i.id = c.influencer_id
WHERE c.fan_id = ANY(ARRAY(SELECT person_fans($1))) ORDER BY i.slug;
