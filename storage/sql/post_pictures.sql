-- choose: Pictures of an influencer that its agent may post, with what they show; those that more of the words name, then the less posted, then the newest go first. Never what is sold or shown of a pack, made for a fan, or not passed.
WITH asked AS (SELECT tsvector_to_array(to_tsvector('english', $2::text)) AS words),
    told AS (SELECT unnest(o.asset_ids) AS asset_id, count(*) AS times FROM posts o
        WHERE o.influencer_id = $1 AND o.state NOT IN ('failed', 'cancelled') GROUP BY 1)
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height,
    coalesce(nullif(btrim(p.wish), ''), concat_ws(', ', p.category, nullif(p.scene, ''), nullif(p.outfit, ''))) AS shows,
    cardinality(asked.words) AS asked, cardinality(ARRAY(SELECT unnest(asked.words) INTERSECT SELECT unnest(tsvector_to_array(
        to_tsvector('english', concat_ws(' ', p.wish, p.category, p.scene, p.outfit)))))) AS named
FROM assets a JOIN pictures p ON p.asset_id = a.id CROSS JOIN asked LEFT JOIN told ON told.asset_id = a.id
WHERE a.influencer_id = $1 AND ($3::uuid[] IS NULL OR a.id = ANY($3)) AND a.moderation = 'passed' AND a.made_for IS NULL
    AND NOT EXISTS (SELECT FROM pack_items i WHERE i.asset_id = a.id) AND NOT EXISTS (SELECT FROM packs k WHERE k.preview_asset_id = a.id)
    AND NOT EXISTS (SELECT FROM image_jobs j WHERE j.id = a.job_id AND (j.adult_ok OR j.fan_id IS NOT NULL))
ORDER BY named DESC, coalesce(told.times, 0), a.created_at DESC, a.id DESC LIMIT $4;

-- adult: Whether any of some pictures is in a pack that is rated adult.
SELECT EXISTS (SELECT FROM pack_items i JOIN packs p ON p.id = i.pack_id WHERE i.asset_id = ANY($1::uuid[]) AND p.rating = 'adult');
