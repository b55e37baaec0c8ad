-- put: Make a pack, or set the one of that short name right; changed words lose their old embedding.
INSERT INTO packs AS p (id, agency_id, influencer_id, slug, title, description, tags) VALUES ($1, current_agency(), $2, $3, $4, $5, $6)
ON CONFLICT (influencer_id, slug) DO UPDATE SET title = excluded.title, description = excluded.description, tags = excluded.tags,
    active = true, embedder = CASE WHEN (p.title, p.description, p.tags) = (excluded.title, excluded.description, excluded.tags)
        THEN p.embedder END
RETURNING id;

-- put_price: Set what a pack costs on a platform.
INSERT INTO pack_prices (pack_id, agency_id, platform, amount, unit) VALUES ($1, current_agency(), $2, $3, $4)
ON CONFLICT (pack_id, platform) DO UPDATE SET amount = excluded.amount, unit = excluded.unit;

-- copy_prices: Let an influencer's packs cost on one platform what they cost on another, where they have no price there yet.
INSERT INTO pack_prices (pack_id, agency_id, platform, amount, unit)
SELECT r.pack_id, r.agency_id, $3, r.amount, r.unit FROM pack_prices r JOIN packs p ON p.id = r.pack_id
WHERE p.influencer_id = $1 AND r.platform = $2
ON CONFLICT (pack_id, platform) DO NOTHING;

-- put_asset: Keep a picture of an influencer; the same bytes are one asset.
INSERT INTO assets (id, agency_id, influencer_id, blob_key, sha256, mime, width, height, bytes)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (influencer_id, sha256) DO UPDATE SET blob_key = excluded.blob_key RETURNING id;

-- put_item: Put a picture into a pack at a position.
INSERT INTO pack_items (pack_id, agency_id, asset_id, position) VALUES ($1, current_agency(), $2, $3)
ON CONFLICT (pack_id, position) DO UPDATE SET asset_id = excluded.asset_id;

-- set_preview: The blurred picture that an offer shows.
UPDATE packs SET preview_asset_id = $2 WHERE id = $1;

-- unembedded: Packs whose words no embedder of this name has seen.
SELECT id, title, description, tags FROM packs WHERE active AND embedder IS DISTINCT FROM $1 LIMIT 500;

-- words: Packs on sale after an id, in the order of their ids.
SELECT id, title, description, tags FROM packs WHERE active AND id > $1 ORDER BY id LIMIT $2;

-- set_embedding: The vector of a pack's words.
UPDATE packs SET embedding = $2::halfvec, embedder = $3 WHERE id = $1;

-- shelf: What an influencer sells on a platform: active, priced there, with pictures, and whether the fan owns it; best match first.
SELECT p.id, p.slug, p.title, p.description, p.tags, r.amount, r.unit,
       CASE WHEN $4::halfvec IS NOT NULL AND p.embedder = $5 THEN (1 - (p.embedding <=> $4::halfvec))::float8 END AS similarity,
       EXISTS (SELECT FROM holdings b WHERE b.pack_id = p.id AND b.fan_id = ANY(ARRAY(SELECT person_fans($2)))) AS owned
FROM packs p JOIN pack_prices r ON r.pack_id = p.id AND r.platform = $3
WHERE p.influencer_id = $1 AND p.active AND EXISTS (SELECT FROM pack_items i WHERE i.pack_id = p.id)
ORDER BY similarity DESC NULLS LAST, p.slug;

-- items: The pictures of a pack in their order.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height FROM pack_items i JOIN assets a ON a.id = i.asset_id
WHERE i.pack_id = $1 ORDER BY i.position;

-- preview: The blurred picture of a pack.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height FROM packs p JOIN assets a ON a.id = p.preview_asset_id WHERE p.id = $1;

-- lock_for_offer: What stands of an influencer's pack for a fan just now, locked until the offer is written.
SELECT p.title, p.active, r.amount, r.unit,
       EXISTS (SELECT FROM holdings b WHERE b.pack_id = p.id AND b.fan_id = ANY(ARRAY(SELECT person_fans($2)))) AS owned
FROM packs p LEFT JOIN pack_prices r ON r.pack_id = p.id AND r.platform = $3
WHERE p.id = $1 AND p.influencer_id = $4 FOR SHARE OF p;

-- add_offer: An offer made in a conversation.
INSERT INTO offers (id, agency_id, pack_id, fan_id, conversation_id, turn_id, amount, unit, payload)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8);

-- offer: What stands of an offer just now.
SELECT p.title, p.active, r.amount, r.unit,
       EXISTS (SELECT FROM holdings b WHERE b.pack_id = o.pack_id AND b.fan_id = ANY(ARRAY(SELECT person_fans(o.fan_id)))) AS owned,
       o.amount AS offered_amount, o.unit AS offered_unit
FROM offers o JOIN packs p ON p.id = o.pack_id JOIN conversations c ON c.id = o.conversation_id
JOIN accounts a ON a.id = c.account_id LEFT JOIN pack_prices r ON r.pack_id = p.id AND r.platform = a.platform
WHERE o.id = $1;

-- payload: What comes back with the purchase of an offer that was made to this fan.
SELECT payload FROM offers WHERE id = $1 AND fan_id = $2;

-- galleries: Of offers made to a fan: the pack behind each, and whether the fan owns it.
SELECT o.id AS offer_id, o.pack_id, EXISTS (SELECT FROM holdings b WHERE b.pack_id = o.pack_id AND b.fan_id = ANY(ARRAY(SELECT person_fans(o.fan_id)))) AS owned
FROM offers o WHERE o.id = ANY($1::uuid[]) AND o.fan_id = $2;

-- visible_asset: A picture, if this fan may see it: the preview of what was offered to them, or an item of what they bought.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height FROM assets a
WHERE a.id = $2 AND (
    EXISTS (SELECT FROM offers o JOIN packs p ON p.id = o.pack_id WHERE o.fan_id = $1 AND p.preview_asset_id = a.id)
    OR EXISTS (SELECT FROM holdings b JOIN pack_items i ON i.pack_id = b.pack_id WHERE b.fan_id = ANY(ARRAY(SELECT person_fans($1))) AND i.asset_id = a.id));

-- offered_asset: A picture of an offer that an account made: the preview, or an item once the offer's fan owns the pack.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height
FROM offers o JOIN conversations c ON c.id = o.conversation_id JOIN packs p ON p.id = o.pack_id, assets a
WHERE o.id = $2 AND c.account_id = $1 AND a.id = $3 AND (
    p.preview_asset_id = a.id
    OR EXISTS (SELECT FROM pack_items i JOIN holdings b ON b.pack_id = i.pack_id
               WHERE i.pack_id = p.id AND i.asset_id = a.id AND b.fan_id = ANY(ARRAY(SELECT person_fans(o.fan_id)))));
