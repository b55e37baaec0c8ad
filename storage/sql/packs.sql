-- put: Make a pack, or set the one of that short name right; changed words lose their old embedding.
INSERT INTO packs AS p (id, agency_id, influencer_id, slug, title, description, tags, rating)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7)
ON CONFLICT (influencer_id, slug) DO UPDATE SET title = excluded.title, description = excluded.description, tags = excluded.tags,
    rating = excluded.rating, active = true,
    embedder = CASE WHEN (p.title, p.description, p.tags) = (excluded.title, excluded.description, excluded.tags) THEN p.embedder END
RETURNING id;

-- exists: Whether an influencer has a pack of that short name.
SELECT EXISTS (SELECT FROM packs WHERE influencer_id = $1 AND slug = $2);

-- lock_shelf: Let packs of an influencer be made one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('packs of ' || $1::uuid, 0))::text;

-- list: Packs of the agency, those of one influencer or one by its id, with prices, pictures and how often each was bought.
SELECT p.id, i.slug AS influencer, p.slug, p.title, p.description, p.tags, p.rating, p.active,
    coalesce((SELECT jsonb_object_agg(r.platform, jsonb_build_object('amount', r.amount, 'unit', r.unit)) FROM pack_prices r
        WHERE r.pack_id = p.id), '{}') AS prices,
    ARRAY(SELECT k.asset_id FROM pack_items k WHERE k.pack_id = p.id ORDER BY k.position) AS pictures, p.preview_asset_id AS preview,
    (SELECT count(*) FROM holdings h WHERE h.pack_id = p.id) AS sold, p.embedder IS NOT NULL AS embedded, p.created_at
FROM packs p JOIN influencers i ON i.id = p.influencer_id
WHERE ($1::text IS NULL OR i.slug = $1) AND ($2::uuid IS NULL OR p.id = $2) ORDER BY i.slug, NOT p.active, p.slug;

-- lock: Keep a pack as it is, to the end of the transaction.
SELECT id, influencer_id, slug, title, description, tags, rating, active FROM packs WHERE id = $1 FOR UPDATE;

-- retire: Take a pack off sale, or put it back.
UPDATE packs SET active = $2 WHERE id = $1;

-- drop_price: Sell a pack no more on a platform.
DELETE FROM pack_prices WHERE pack_id = $1 AND platform = $2;

-- was_offered: Whether anybody was offered a pack, alone or with others.
SELECT EXISTS (SELECT FROM offers WHERE pack_id = $1) OR EXISTS (SELECT FROM offer_packs WHERE pack_id = $1);

-- drop_items: Take all pictures out of a pack.
DELETE FROM pack_items WHERE pack_id = $1;

-- vault: An influencer's pictures that may be sold, newest first, with the packs that show them; previews are not among them.
SELECT a.id, a.blob_key, a.mime, a.width, a.height, a.bytes, a.created_at,
    ARRAY(SELECT p.slug FROM pack_items k JOIN packs p ON p.id = k.pack_id WHERE k.asset_id = a.id ORDER BY p.slug) AS packs
FROM assets a JOIN influencers i ON i.id = a.influencer_id
WHERE i.slug = $1 AND a.made_for IS NULL AND a.moderation IN ('unneeded', 'passed') AND NOT EXISTS (SELECT FROM packs p WHERE p.preview_asset_id = a.id)
ORDER BY a.created_at DESC, a.id DESC LIMIT $2;

-- assets: Pictures of an influencer by their ids.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height FROM assets a WHERE a.influencer_id = $1 AND a.id = ANY($2::uuid[]);

-- influencer: The influencer of a short name.
SELECT id FROM influencers WHERE slug = $1;

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
SELECT p.id, p.slug, p.title, p.description, p.tags, r.amount, r.unit, p.rating,
       (SELECT count(*) FROM pack_items i WHERE i.pack_id = p.id) AS pictures,
       CASE WHEN $4::halfvec IS NOT NULL AND p.embedder = $5 THEN (1 - (p.embedding <=> $4::halfvec))::float8 END AS similarity,
       owns_pack(p.id, $2) AS owned
FROM packs p JOIN pack_prices r ON r.pack_id = p.id AND r.platform = $3
WHERE p.influencer_id = $1 AND p.active AND EXISTS (SELECT FROM pack_items i WHERE i.pack_id = p.id)
ORDER BY similarity DESC NULLS LAST, p.slug;

-- items: The pictures of a pack in their order.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height FROM pack_items i JOIN assets a ON a.id = i.asset_id
WHERE i.pack_id = $1 ORDER BY i.position;

-- preview: The blurred picture of a pack.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height FROM packs p JOIN assets a ON a.id = p.preview_asset_id WHERE p.id = $1;

-- lock_for_offer: What stands of an influencer's pack for a fan just now, locked until the offer is written.
SELECT p.title, p.active, r.amount, r.unit, owns_pack(p.id, $2) AS owned, p.rating,
    EXISTS (SELECT FROM pack_items k WHERE k.pack_id = p.id) AS filled
FROM packs p LEFT JOIN pack_prices r ON r.pack_id = p.id AND r.platform = $3
WHERE p.id = $1 AND p.influencer_id = $4 FOR SHARE OF p;

-- add_offer: An offer made in a conversation.
INSERT INTO offers (id, agency_id, pack_id, fan_id, conversation_id, turn_id, amount, unit, payload, list_amount)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, $9);

-- add_offer_pack: One more pack of an offer.
INSERT INTO offer_packs (offer_id, pack_id, agency_id) VALUES ($1, $2, current_agency());

-- offer: What stands of an offer just now, all its packs together; no amount where one of them has no price in the offer's unit.
SELECT string_agg(p.title, ' + ' ORDER BY k.place, p.title) AS title, bool_and(p.active) AS active,
    CASE WHEN bool_and(r.unit IS NOT DISTINCT FROM o.unit) THEN sum(r.amount)::bigint END AS amount, o.unit,
    bool_or(owns_pack(p.id, o.fan_id)) AS owned, CASE WHEN bool_or(p.rating = 'adult') THEN 'adult' ELSE 'sfw' END AS rating,
    bool_and(EXISTS (SELECT FROM pack_items i WHERE i.pack_id = p.id)) AS filled,
    coalesce(o.list_amount, o.amount) AS offered_amount, o.unit AS offered_unit,
    EXISTS (SELECT FROM purchases b WHERE b.offer_id = o.id) AS bought
FROM offers o JOIN conversations c ON c.id = o.conversation_id JOIN accounts a ON a.id = c.account_id
JOIN packs_of_offer(o.id) k ON true JOIN packs p ON p.id = k.pack_id
LEFT JOIN pack_prices r ON r.pack_id = p.id AND r.platform = a.platform
WHERE o.id = $1 GROUP BY o.id;

-- on_the_table: The packs of offers made in a conversation that were not bought, the latest first.
SELECT o.pack_id AS id FROM offers o WHERE o.conversation_id = $1 AND NOT EXISTS (SELECT FROM purchases b WHERE b.offer_id = o.id)
ORDER BY o.offered_at DESC, o.id DESC LIMIT 5;

-- lie_reduced: The packs that lie in a conversation at a promo's price that is held, and were not bought.
SELECT DISTINCT k.pack_id AS id FROM offers o JOIN promo_uses u ON u.offer_id = o.id, packs_of_offer(o.id) k
WHERE o.conversation_id = $1 AND u.hold_until > clock_timestamp() AND NOT EXISTS (SELECT FROM purchases b WHERE b.offer_id = o.id);

-- lying: The open offers of one pack alone that have left in a conversation at a promo's price that is held, the cheapest first.
SELECT o.id, o.amount, o.unit FROM offers o
WHERE o.conversation_id = $1 AND o.pack_id = $2 AND NOT EXISTS (SELECT FROM offer_packs k WHERE k.offer_id = o.id)
    AND EXISTS (SELECT FROM promo_uses u WHERE u.offer_id = o.id)
    AND NOT EXISTS (SELECT FROM promo_uses u WHERE u.offer_id = o.id AND u.hold_until <= clock_timestamp())
    AND NOT EXISTS (SELECT FROM purchases b WHERE b.offer_id = o.id)
    AND EXISTS (SELECT FROM deliveries d WHERE d.conversation_id = o.conversation_id AND d.state = 'sent' AND d.part ->> 'offer_id' = o.id::text)
ORDER BY o.amount, o.id;

-- undercuts: The offers by which the same packs lie before the fan for less: they have left, nobody paid, and their promos are held.
SELECT ARRAY(SELECT n.id FROM offers o JOIN offers n ON n.conversation_id = o.conversation_id AND n.unit = o.unit AND n.amount < o.amount
WHERE o.id = $1 AND NOT EXISTS (SELECT FROM purchases b WHERE b.offer_id = n.id)
    AND NOT EXISTS (SELECT FROM promo_uses u WHERE u.offer_id = n.id AND u.hold_until <= clock_timestamp())
    AND ARRAY(SELECT pack_id FROM packs_of_offer(n.id) ORDER BY 1) = ARRAY(SELECT pack_id FROM packs_of_offer(o.id) ORDER BY 1)
    AND EXISTS (SELECT FROM deliveries d WHERE d.conversation_id = n.conversation_id AND d.state = 'sent' AND d.part ->> 'offer_id' = n.id::text)
ORDER BY n.amount);

-- payload: What comes back with the purchase of an offer that was made to this fan.
SELECT payload FROM offers WHERE id = $1 AND fan_id = $2;

-- galleries: Of offers made to a fan: the pack behind each, and whether the fan owns all of it.
SELECT o.id AS offer_id, o.pack_id, NOT EXISTS (SELECT FROM packs_of_offer(o.id) k WHERE NOT owns_pack(k.pack_id, o.fan_id)) AS owned
FROM offers o WHERE o.id = ANY($1::uuid[]) AND o.fan_id = $2;

-- offer_items: The pictures of all packs of an offer, in their order, each once.
SELECT asset_id, blob_key, mime, width, height FROM (
    SELECT DISTINCT ON (a.id) a.id AS asset_id, a.blob_key, a.mime, a.width, a.height, k.place AS pack, p.title, i.position
    FROM packs_of_offer($1) k JOIN packs p ON p.id = k.pack_id JOIN pack_items i ON i.pack_id = p.id JOIN assets a ON a.id = i.asset_id
    ORDER BY a.id, k.place, p.title, i.position) found
ORDER BY pack, title, position;

-- visible_asset: A picture as a platform takes it, if this fan may see it: the preview of an offer to them, or an item they bought.
-- What the house gives the payment back for opens nothing.
SELECT a.id AS asset_id, coalesce(v.blob_key, a.blob_key) AS blob_key, coalesce(v.mime, a.mime) AS mime,
    coalesce(v.width, a.width) AS width, coalesce(v.height, a.height) AS height
FROM assets a LEFT JOIN asset_variants v ON v.asset_id = a.id AND v.platform = $3
WHERE a.id = $2 AND (
    EXISTS (SELECT FROM offers o JOIN packs p ON p.id = o.pack_id WHERE o.fan_id = $1 AND p.preview_asset_id = a.id)
    OR EXISTS (SELECT FROM holdings b JOIN pack_items i ON i.pack_id = b.pack_id WHERE b.fan_id = ANY(ARRAY(SELECT person_fans($1))) AND i.asset_id = a.id
        AND NOT EXISTS (SELECT FROM refund_orders r WHERE r.purchase_id = b.id AND r.reason IS NOT NULL)));

-- offered_asset: A picture of an offer that an account made: the preview, or an item once the offer's fan owns its pack.
-- What the house gives the payment back for opens nothing.
SELECT a.id AS asset_id, coalesce(v.blob_key, a.blob_key) AS blob_key, coalesce(v.mime, a.mime) AS mime,
    coalesce(v.width, a.width) AS width, coalesce(v.height, a.height) AS height
FROM offers o JOIN conversations c ON c.id = o.conversation_id JOIN accounts t ON t.id = c.account_id JOIN packs p ON p.id = o.pack_id
    CROSS JOIN assets a LEFT JOIN asset_variants v ON v.asset_id = a.id AND v.platform = t.platform
WHERE o.id = $2 AND c.account_id = $1 AND a.id = $3 AND (
    p.preview_asset_id = a.id
    OR EXISTS (SELECT FROM packs_of_offer(o.id) k JOIN pack_items i ON i.pack_id = k.pack_id JOIN holdings b ON b.pack_id = i.pack_id
               WHERE i.asset_id = a.id AND b.fan_id = ANY(ARRAY(SELECT person_fans(o.fan_id)))
               AND NOT EXISTS (SELECT FROM refund_orders r WHERE r.purchase_id = b.id AND r.reason IS NOT NULL)));
