-- lock_influencer: One influencer, locked to the end of the transaction: its versions are numbered one after another.
SELECT id, slug, name, active, persona_version_id FROM influencers WHERE id = $1 FOR NO KEY UPDATE;

-- same: The version of an influencer that has this content already.
SELECT id FROM persona_versions WHERE influencer_id = $1 AND checksum = $2 ORDER BY version DESC LIMIT 1;

-- add: Keep a new version; returns its number.
INSERT INTO persona_versions (id, agency_id, influencer_id, version, document, checksum, made_by, note)
SELECT $1, current_agency(), $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6 FROM persona_versions WHERE influencer_id = $2
RETURNING version;

-- use: Let an influencer speak by a version; one whose age nobody stated does not speak.
UPDATE influencers i SET persona_version_id = v.id, active = (v.document -> 'age') IS DISTINCT FROM 'null'::jsonb,
    think_ahead = coalesce((v.document #>> '{pace,think_ahead}')::boolean, true)
FROM persona_versions v WHERE i.id = $1 AND v.id = $2;

-- note_use: Write down that a version came into force.
INSERT INTO persona_uses (id, agency_id, influencer_id, persona_version_id, made_by, note)
VALUES ($1, current_agency(), $2, $3, $4, $5);

-- rename: Call an influencer as its persona calls itself.
UPDATE influencers SET name = $2 WHERE id = $1;

-- latest_use: Who brought the version in force into force.
SELECT made_by FROM persona_uses WHERE influencer_id = $1 ORDER BY seq DESC LIMIT 1;

-- versions: The versions of an influencer, newest first, with when each last came into force and how many turns it spoke.
SELECT v.id, v.version, v.checksum, v.made_by, v.note, v.created_at, v.id = i.persona_version_id AS in_force, u.made_at AS used_at,
    u.made_by AS used_by, u.note AS used_note, (SELECT count(*) FROM turns t WHERE t.persona_version_id = v.id) AS turns
FROM persona_versions v JOIN influencers i ON i.id = v.influencer_id
LEFT JOIN LATERAL (SELECT made_at, made_by, note FROM persona_uses WHERE persona_version_id = v.id ORDER BY seq DESC LIMIT 1) AS u ON true
WHERE v.influencer_id = $1 ORDER BY v.version DESC;

-- by_number: One version of an influencer.
SELECT i.id, i.agency_id, i.slug, i.name, v.id AS persona_version_id, v.version AS persona_version, v.document AS persona
FROM influencers i JOIN persona_versions v ON v.influencer_id = i.id WHERE i.id = $1 AND v.version = $2;

-- by_id: An influencer as one of its versions speaks.
SELECT i.id, i.agency_id, i.slug, i.name, v.id AS persona_version_id, v.version AS persona_version, v.document AS persona
FROM influencers i JOIN persona_versions v ON v.influencer_id = i.id WHERE v.id = $1;

-- list: The influencers of the agency that have a persona, with the version in force.
SELECT i.slug, i.name, i.active, v.version, v.document ->> 'age' AS age
FROM influencers i JOIN persona_versions v ON v.id = i.persona_version_id ORDER BY i.slug;

-- is_active: Whether an influencer may speak.
SELECT active FROM influencers WHERE id = $1;

-- open_preview: A conversation in which one version is tried out, whichever is in force.
INSERT INTO conversations (id, agency_id, account_id, influencer_id, identity_id, fan_id, platform_key, persona_version_id)
SELECT $1, current_agency(), $2, v.influencer_id, n.id, n.fan_id, n.handle, v.id
FROM persona_versions v, identities n WHERE v.id = $3 AND n.platform = $4 AND n.handle = $5;
