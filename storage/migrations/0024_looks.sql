-- How influencers look: recorded reference pictures and LoRAs with what they rest on, and the pictures that were made, to be found.

-- A face that pictures are kept to, or a LoRA. `source` is a private file's key, or the LoRA's repository, folder or file.
-- `ground`: made here, or of a grown-up who owns the likeness and agreed, as a document says. Revoked is revoked: it stays as
-- evidence, and nothing is painted by it any more.
CREATE TABLE picture_references (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('face', 'lora')),
    source text NOT NULL,
    sha256 bytea,
    mime text,
    weight real NOT NULL DEFAULT 0.6 CHECK (weight >= 0 AND weight <= 2),
    label text NOT NULL DEFAULT '',
    ground text NOT NULL CHECK (ground IN ('generated', 'consenting_adult_owner')),
    owner_name text,
    document text,
    attested_by text NOT NULL,
    attested_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    revoked_because text,
    CONSTRAINT consent_is_documented CHECK (ground <> 'consenting_adult_owner' OR (owner_name IS NOT NULL AND document IS NOT NULL))
);
CREATE UNIQUE INDEX picture_references_standing ON picture_references (influencer_id, kind, source) WHERE revoked_at IS NULL;
CREATE INDEX picture_references_source ON picture_references (agency_id, source);

-- A picture that was made: what was asked and what was chosen. Who looked at it, for whom it was made and by which job stand with
-- its asset; with that it goes, words and all.
CREATE TABLE pictures (
    asset_id uuid PRIMARY KEY REFERENCES assets ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    prompt text NOT NULL,
    wish text NOT NULL DEFAULT '',
    category text NOT NULL,
    scene text NOT NULL DEFAULT '',
    outfit text NOT NULL DEFAULT '',
    shape text NOT NULL CHECK (shape IN ('portrait', 'square', 'landscape')),
    model text NOT NULL,
    seed bigint NOT NULL DEFAULT 0,
    likeness real,
    favourite boolean NOT NULL DEFAULT false,
    made_at timestamptz NOT NULL,
    search tsvector GENERATED ALWAYS AS (
        to_tsvector('english', prompt || ' ' || wish || ' ' || category || ' ' || scene || ' ' || outfit)) STORED
);
CREATE INDEX pictures_latest ON pictures (influencer_id, made_at DESC, asset_id DESC);
CREATE INDEX pictures_words ON pictures USING gin (search);

CREATE TABLE albums (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (influencer_id, name)
);

CREATE TABLE album_pictures (
    album_id uuid NOT NULL REFERENCES albums ON DELETE CASCADE,
    asset_id uuid NOT NULL REFERENCES pictures ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (album_id, asset_id)
);
CREATE INDEX album_pictures_of_asset ON album_pictures (asset_id);

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['picture_references', 'pictures', 'albums', 'album_pictures'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
    END LOOP;
END $$;

-- A fan's file is compared with what is offered as a reference by its length first.
CREATE INDEX media_of_length ON media (agency_id, bytes) WHERE state = 'stored';

-- Pictures of an influencer (none: of all) whose words answer a search. Row security keeps the index from being used, so the agency is an argument.
CREATE FUNCTION find_pictures(agency uuid, influencer uuid, words text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT p.asset_id FROM pictures p
    WHERE p.search @@ websearch_to_tsquery('english', words) AND (influencer IS NULL OR p.influencer_id = influencer)
        AND p.agency_id = agency AND agency = current_agency()
$$;
GRANT EXECUTE ON FUNCTION find_pictures(uuid, uuid, text) TO muse_app;
