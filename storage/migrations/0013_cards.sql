-- Character cards that influencers were imported from, kept as they came: the bytes lie among the files, by their digest.
-- `losses` tells which fields no part of the persona holds.
CREATE TABLE cards (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    persona_version_id uuid NOT NULL REFERENCES persona_versions ON DELETE CASCADE,
    spec text NOT NULL CHECK (spec IN ('v1', 'v2', 'v3', 'eliza')),
    container text NOT NULL CHECK (container IN ('json', 'png', 'charx')),
    blob_key text NOT NULL,
    sha256 bytea NOT NULL,
    size bigint NOT NULL,
    losses jsonb NOT NULL DEFAULT '[]',
    imported_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX cards_of_influencer ON cards (influencer_id, id DESC);
CREATE INDEX cards_of_version ON cards (persona_version_id);

ALTER TABLE cards ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON cards TO muse_app USING (agency_id = current_agency()) WITH CHECK (agency_id = current_agency());
GRANT SELECT, INSERT, UPDATE, DELETE ON cards TO muse_app;
