-- claim_slug: Make an influencer of a short name that nobody has; no row when it is taken.
INSERT INTO influencers (id, agency_id, slug, name) VALUES ($1, current_agency(), $2, $3)
ON CONFLICT (agency_id, slug) DO NOTHING RETURNING id;

-- put: Keep the card that a version of an influencer's persona was imported from.
INSERT INTO cards (id, agency_id, influencer_id, persona_version_id, spec, container, blob_key, sha256, size, losses)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, $9);

-- newest: The card that an influencer was imported from last.
SELECT id, influencer_id, persona_version_id, spec, container, blob_key, sha256, size, losses FROM cards
WHERE influencer_id = $1 ORDER BY id DESC LIMIT 1;
