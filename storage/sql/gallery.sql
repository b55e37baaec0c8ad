-- add: A picture was made; a repeat of the same bytes is the same picture.
INSERT INTO pictures (asset_id, agency_id, influencer_id, job_id, fan_id, state, prompt, wish, category, scene, outfit, shape, model, seed,
                      likeness, made_at)
SELECT $1, current_agency(), a.influencer_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 FROM assets a WHERE a.id = $1
ON CONFLICT (asset_id) DO NOTHING;

-- page: Pictures of an influencer that answer a search, newest first, after one that was seen.
SELECT p.asset_id, p.job_id, p.state, p.prompt, p.wish, p.category, p.scene, p.outfit, p.shape, p.model, p.seed, p.likeness,
    p.favourite, p.made_at, a.blob_key, a.mime, a.width, a.height
FROM pictures p JOIN assets a ON a.id = p.asset_id
WHERE p.influencer_id = $1
    AND ($2::text = '' OR p.asset_id IN (SELECT find_pictures(current_agency(), $1, $2)))
    AND ($3::timestamptz IS NULL OR p.made_at >= $3) AND ($4::timestamptz IS NULL OR p.made_at < $4)
    AND ($5::text IS NULL OR p.shape = $5) AND ($6::text IS NULL OR p.model = $6) AND ($7::boolean IS NULL OR p.favourite = $7)
    AND ($8::text IS NULL OR p.state = $8)
    AND ($9::uuid IS NULL OR EXISTS (SELECT FROM album_pictures i WHERE i.album_id = $9 AND i.asset_id = p.asset_id))
    AND ($10::uuid IS NULL OR (p.made_at, p.asset_id) < (SELECT q.made_at, q.asset_id FROM pictures q WHERE q.asset_id = $10))
ORDER BY p.made_at DESC, p.asset_id DESC LIMIT $11;

-- page_oldest: The same, oldest first.
SELECT p.asset_id, p.job_id, p.state, p.prompt, p.wish, p.category, p.scene, p.outfit, p.shape, p.model, p.seed, p.likeness,
    p.favourite, p.made_at, a.blob_key, a.mime, a.width, a.height
FROM pictures p JOIN assets a ON a.id = p.asset_id
WHERE p.influencer_id = $1
    AND ($2::text = '' OR p.asset_id IN (SELECT find_pictures(current_agency(), $1, $2)))
    AND ($3::timestamptz IS NULL OR p.made_at >= $3) AND ($4::timestamptz IS NULL OR p.made_at < $4)
    AND ($5::text IS NULL OR p.shape = $5) AND ($6::text IS NULL OR p.model = $6) AND ($7::boolean IS NULL OR p.favourite = $7)
    AND ($8::text IS NULL OR p.state = $8)
    AND ($9::uuid IS NULL OR EXISTS (SELECT FROM album_pictures i WHERE i.album_id = $9 AND i.asset_id = p.asset_id))
    AND ($10::uuid IS NULL OR (p.made_at, p.asset_id) > (SELECT q.made_at, q.asset_id FROM pictures q WHERE q.asset_id = $10))
ORDER BY p.made_at, p.asset_id LIMIT $11;

-- find: One picture.
SELECT p.asset_id, p.job_id, p.state, p.prompt, p.wish, p.category, p.scene, p.outfit, p.shape, p.model, p.seed, p.likeness,
    p.favourite, p.made_at, a.blob_key, a.mime, a.width, a.height
FROM pictures p JOIN assets a ON a.id = p.asset_id WHERE p.asset_id = $1;

-- mark_favourite: Say whether a picture is a favourite.
UPDATE pictures SET favourite = $2 WHERE asset_id = $1;

-- set_state: Say where a picture stands.
UPDATE pictures SET state = $2 WHERE asset_id = $1;

-- choices: What was drawn last for an influencer: places and clothes, newest first.
SELECT scene, outfit FROM pictures WHERE influencer_id = $1 ORDER BY made_at DESC, asset_id DESC LIMIT $2;

-- add_album: Make an album, or find the one of that name.
INSERT INTO albums (id, agency_id, influencer_id, name) VALUES ($1, current_agency(), $2, $3)
ON CONFLICT (influencer_id, name) DO UPDATE SET name = excluded.name RETURNING id;

-- find_album: An album of an influencer by its name.
SELECT id FROM albums WHERE influencer_id = $1 AND name = $2;

-- albums: The albums of an influencer with how many pictures are in each and which came last, by name.
SELECT b.id, b.name, b.created_at, count(i.asset_id) AS pictures,
    (SELECT l.asset_id FROM album_pictures l WHERE l.album_id = b.id ORDER BY l.added_at DESC LIMIT 1) AS cover
FROM albums b LEFT JOIN album_pictures i ON i.album_id = b.id WHERE b.influencer_id = $1 GROUP BY b.id ORDER BY b.name;

-- drop_album: Take an album apart; its pictures stay.
DELETE FROM albums WHERE id = $1;

-- put_in: Put pictures into an album of their own influencer.
INSERT INTO album_pictures (album_id, asset_id, agency_id)
SELECT b.id, p.asset_id, current_agency() FROM albums b JOIN pictures p ON p.influencer_id = b.influencer_id
WHERE b.id = $1 AND p.asset_id = ANY($2::uuid[]) ON CONFLICT DO NOTHING;

-- take_out: Take pictures out of an album.
DELETE FROM album_pictures WHERE album_id = $1 AND asset_id = ANY($2::uuid[]);
