-- Vectors at scale: old and new ones side by side while an embedder is changed, indexes rebuilt from rows, and nothing left in an
-- index whose row is gone.

-- Another embedder's vectors, made beside those that recall still searches; they take their place once all are there.
ALTER TABLE facts ADD COLUMN next_embedder text, ADD COLUMN next_embedding halfvec;
ALTER TABLE episodes ADD COLUMN next_embedder text, ADD COLUMN next_embedding halfvec;

-- Where a fan's vectors lie in an index: 31 bits of a hash, in whose order the shards of an index lie. The nil id is before all.
CREATE FUNCTION place_of(fan uuid) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN fan = '00000000-0000-0000-0000-000000000000' THEN -1
        ELSE ((get_byte(sha256(uuid_send(fan)), 0) & 127) << 24) | (get_byte(sha256(uuid_send(fan)), 1) << 16)
            | (get_byte(sha256(uuid_send(fan)), 2) << 8) | get_byte(sha256(uuid_send(fan)), 3) END;
GRANT EXECUTE ON FUNCTION place_of(uuid) TO muse_app;

-- Who goes through an agency's rows does it in that order: what lies together is written together. A column, for row security
-- lets no condition on a function's value into an index.
ALTER TABLE facts ADD COLUMN place integer NOT NULL GENERATED ALWAYS AS (place_of(fan_id)) STORED;
ALTER TABLE episodes ADD COLUMN place integer NOT NULL GENERATED ALWAYS AS (place_of(fan_id)) STORED;
CREATE INDEX facts_by_place ON facts (agency_id, place, fan_id, id);
CREATE INDEX episodes_by_place ON episodes (agency_id, place, fan_id, id);

-- Whose vectors recall of an agency searches: the name that stands with them, and the setting that opens it. `previous` is the one
-- before, whose vectors and indexes are not cleared away yet.
CREATE TABLE embedders (
    agency_id uuid PRIMARY KEY REFERENCES agencies ON DELETE CASCADE,
    embedder text NOT NULL,
    model text NOT NULL,
    previous text,
    switched_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- How far a rebuilding of an index has come, so that the next run goes on from there.
CREATE TABLE reindexings (
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    tier text NOT NULL CHECK (tier IN ('facts', 'episodes')),
    from_rows boolean NOT NULL,
    after_fan_id uuid NOT NULL,
    after_id uuid NOT NULL,
    done bigint NOT NULL DEFAULT 0,
    began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (agency_id, tier)
);

-- Rows that are gone, whatever took them, and that an index may still hold. No reference to agencies: it is written while one goes.
CREATE TABLE leftovers (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    tier text NOT NULL CHECK (tier IN ('facts', 'episodes')),
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tier, id)
);
CREATE INDEX leftovers_of_agency ON leftovers (agency_id, tier);

CREATE FUNCTION note_leftover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO leftovers (id, agency_id, tier) VALUES (OLD.id, OLD.agency_id, TG_TABLE_NAME) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_leave AFTER DELETE ON facts FOR EACH ROW WHEN (OLD.embedding IS NOT NULL) EXECUTE FUNCTION note_leftover();
CREATE TRIGGER episodes_leave AFTER DELETE ON episodes FOR EACH ROW WHEN (OLD.embedding IS NOT NULL) EXECUTE FUNCTION note_leftover();

-- A row that becomes another fan's, as when two are found to be one person, is to be found there, and no more where it was.
CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO leftovers (id, agency_id, tier) VALUES (OLD.id, OLD.agency_id, TG_TABLE_NAME) ON CONFLICT DO NOTHING;
    NEW.indexed_at := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER facts_move BEFORE UPDATE OF fan_id, influencer_id ON facts FOR EACH ROW
    WHEN (OLD.embedding IS NOT NULL AND (OLD.fan_id, OLD.influencer_id) IS DISTINCT FROM (NEW.fan_id, NEW.influencer_id))
    EXECUTE FUNCTION note_move();
CREATE TRIGGER episodes_move BEFORE UPDATE OF fan_id, influencer_id ON episodes FOR EACH ROW
    WHEN (OLD.embedding IS NOT NULL AND (OLD.fan_id, OLD.influencer_id) IS DISTINCT FROM (NEW.fan_id, NEW.influencer_id))
    EXECUTE FUNCTION note_move();

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['embedders', 'reindexings', 'leftovers'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
    END LOOP;
END $$;
GRANT SELECT (agency_id, embedder, previous, switched_at) ON embedders TO muse_sweep;
GRANT SELECT (id, agency_id) ON leftovers TO muse_sweep;
CREATE POLICY sweep ON embedders FOR SELECT TO muse_sweep USING (true);
CREATE POLICY sweep ON leftovers FOR SELECT TO muse_sweep USING (true);

-- Agencies that have facts already: most of their vectors say which embedder it is. The bundled one is known by its name.
INSERT INTO embedders (agency_id, embedder, model)
SELECT DISTINCT ON (agency_id) agency_id, embedder, CASE embedder WHEN 'minilm-l6-v2' THEN 'bundled' ELSE '' END
FROM (SELECT agency_id, embedder, count(*) AS held FROM facts WHERE embedder IS NOT NULL GROUP BY agency_id, embedder) AS known
ORDER BY agency_id, held DESC;
