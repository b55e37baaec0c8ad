-- add: Record a reference and what it rests on.
INSERT INTO picture_references (id, agency_id, influencer_id, kind, source, sha256, mime, weight, label, ground, owner_name, document,
                                attested_by, attested_at)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (influencer_id, kind, source) WHERE revoked_at IS NULL DO NOTHING RETURNING id;

-- list: The references of an influencer, those that stand first, newest first.
SELECT id, kind, source, mime, weight, label, ground, owner_name AS owner, document, attested_by, attested_at, revoked_at, revoked_by,
    revoked_because
FROM picture_references WHERE influencer_id = $1 ORDER BY revoked_at IS NOT NULL, id DESC;

-- find: One reference.
SELECT id, kind, source, mime, weight, label, ground, owner_name AS owner, document, attested_by, attested_at, revoked_at, revoked_by,
    revoked_because
FROM picture_references WHERE influencer_id = $1 AND id = $2;

-- revoke: Take a reference back; once is enough.
UPDATE picture_references SET revoked_at = $3, revoked_by = $4, revoked_because = $5
WHERE influencer_id = $1 AND id = $2 AND revoked_at IS NULL;

-- standing: Which of some sources stand as references of an influencer just now, locked to the end of the transaction.
SELECT source AS item FROM picture_references WHERE influencer_id = $1 AND source = ANY($2::text[]) AND revoked_at IS NULL FOR SHARE;

-- known: Which of some sources were ever recorded in the agency.
SELECT DISTINCT source AS item FROM picture_references WHERE source = ANY($1::text[]);

-- made_here: The picture of an influencer that was made here and has these bytes.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height FROM assets a
WHERE a.influencer_id = $1 AND a.sha256 = $2 AND a.made_by_ai AND a.made_for IS NULL AND a.moderation <> 'refused';

-- own_asset: A picture of an influencer.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height FROM assets a WHERE a.influencer_id = $1 AND a.id = $2;

-- own_assets: Which of some files are pictures of an influencer that others may be painted from: made here for nobody in particular.
SELECT a.blob_key AS item FROM assets a WHERE a.influencer_id = $1 AND a.blob_key = ANY($2::text[])
    AND a.made_by_ai AND a.made_for IS NULL AND a.moderation = 'passed';

-- base: A picture by its asset, with the standing face that has the same bytes; or a standing face by its own id.
SELECT a.blob_key, a.made_by_ai, a.made_for IS NOT NULL AS for_a_fan, a.moderation, (SELECT r.source FROM picture_references r
    WHERE r.influencer_id = a.influencer_id AND r.kind = 'face' AND r.sha256 = a.sha256 AND r.revoked_at IS NULL
        AND a.made_for IS NULL LIMIT 1) AS reference
FROM assets a WHERE a.influencer_id = $1 AND a.id = $2
UNION ALL
SELECT r.source, false, false, 'unneeded', r.source FROM picture_references r
WHERE r.influencer_id = $1 AND r.id = $2 AND r.kind = 'face' AND r.revoked_at IS NULL;

-- all_standing: The faces and LoRAs of the agency that stand, with whose they are.
SELECT i.slug AS influencer, r.kind, r.source FROM picture_references r JOIN influencers i ON i.id = r.influencer_id
WHERE r.revoked_at IS NULL AND r.kind IN ('face', 'lora') ORDER BY i.slug, r.id;

-- of_length: Fans' files of the agency that have as many bytes.
SELECT blob_key AS item FROM media WHERE agency_id = current_agency() AND state = 'stored' AND bytes = $1 AND blob_key IS NOT NULL;
