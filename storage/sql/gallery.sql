-- add: A picture was made; a repeat of the same bytes is the same picture.
INSERT INTO pictures (asset_id, agency_id, influencer_id, prompt, wish, category, scene, outfit, shape, model, seed, likeness, made_at)
SELECT $1, current_agency(), a.influencer_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM assets a WHERE a.id = $1
ON CONFLICT (asset_id) DO NOTHING;

-- set_favourite: Say whether the picture that a job made is a favourite.
UPDATE pictures p SET favourite = $2 FROM image_jobs j WHERE j.id = $1 AND p.asset_id = j.asset_id;

-- find: What was asked and chosen for a picture.
SELECT prompt, wish, category, scene, outfit, shape, model, seed, likeness, favourite, made_at FROM pictures WHERE asset_id = $1;

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

-- put_in: Put the pictures that some jobs made into an album of their own influencer.
INSERT INTO album_pictures (album_id, asset_id, agency_id)
SELECT b.id, p.asset_id, current_agency() FROM albums b JOIN pictures p ON p.influencer_id = b.influencer_id JOIN image_jobs j ON j.asset_id = p.asset_id
WHERE b.id = $1 AND j.id = ANY($2::uuid[]) ON CONFLICT DO NOTHING;

-- take_out: Take the pictures that some jobs made out of an album.
DELETE FROM album_pictures k USING image_jobs j WHERE k.album_id = $1 AND k.asset_id = j.asset_id AND j.id = ANY($2::uuid[]);

-- of_album: The pictures of an album in the order in which they were put in.
SELECT k.asset_id AS id FROM album_pictures k WHERE k.album_id = $1 ORDER BY k.added_at, k.asset_id;
