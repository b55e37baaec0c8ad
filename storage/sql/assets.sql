-- keep_made: Keep a picture that a model made; the same bytes of an influencer are one asset, and keep what was decided of it.
INSERT INTO assets AS a (id, agency_id, influencer_id, blob_key, sha256, mime, width, height, bytes, made_by_ai, marks, thumbnail_key,
                         moderation, reasons, judged_by, judged_at, job_id, model, made_at, made_for)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, true, $9, $10, $11, $12, $13, clock_timestamp(), $14, $15, $16, $17)
ON CONFLICT (influencer_id, sha256) DO UPDATE SET blob_key = excluded.blob_key RETURNING a.id;

-- find: A picture with all that is known of it.
SELECT a.id, a.influencer_id, i.name AS influencer, a.blob_key, a.mime, a.width, a.height, a.bytes, a.made_by_ai, a.marks,
       a.thumbnail_key, a.moderation, a.reasons, a.judged_by, a.job_id, a.model, a.made_at, a.made_for, a.created_at
FROM assets a JOIN influencers i ON i.id = a.influencer_id WHERE a.id = $1;

-- decide: A person has looked at a held picture.
UPDATE assets SET moderation = $2, judged_by = $3, judged_at = clock_timestamp() WHERE id = $1 AND moderation = 'held';

-- unsharable: Of some pictures, those that may not be shown to everybody.
SELECT id FROM assets WHERE id = ANY($1::uuid[]) AND (made_for IS NOT NULL OR moderation IN ('held', 'refused'));

-- put_variant: Keep a picture as a platform takes it.
INSERT INTO asset_variants (asset_id, platform, agency_id, blob_key, sha256, mime, width, height, bytes, marks)
VALUES ($1, $2, current_agency(), $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (asset_id, platform) DO UPDATE SET blob_key = excluded.blob_key, sha256 = excluded.sha256, mime = excluded.mime,
    width = excluded.width, height = excluded.height, bytes = excluded.bytes, marks = excluded.marks, made_at = now();

-- delete: Let go of a picture; its files go too.
DELETE FROM assets WHERE id = $1;

-- unnamed: Of some files, those that no row names.
SELECT k AS key FROM unnest($1::text[]) AS k WHERE NOT EXISTS (SELECT FROM assets a WHERE a.blob_key = k OR a.thumbnail_key = k)
    AND NOT EXISTS (SELECT FROM asset_variants v WHERE v.blob_key = k);

-- taken: Of some pictures, what decides how a platform is given them, and as what it was given them before.
SELECT a.id, a.moderation, a.blob_key, a.mime, a.width, a.height, a.bytes, v.blob_key AS given_key, v.mime AS given_mime,
    v.width AS given_width, v.height AS given_height
FROM assets a LEFT JOIN asset_variants v ON v.asset_id = a.id AND v.platform = $2 WHERE a.id = ANY($1::uuid[]);

-- made_by_ai: Whether a model made any of some pictures.
SELECT EXISTS (SELECT FROM assets WHERE id = ANY($1::uuid[]) AND made_by_ai);
