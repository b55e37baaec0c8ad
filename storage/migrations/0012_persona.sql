-- Versions of personas: who made each and why, which was in force when, and conversations that try one out.

ALTER TABLE persona_versions
    ADD COLUMN made_by text NOT NULL DEFAULT 'library',
    ADD COLUMN note text NOT NULL DEFAULT '';

-- Each time a version came into force. A roll-back is one more row here; nothing is ever taken away.
CREATE TABLE persona_uses (
    id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    persona_version_id uuid NOT NULL REFERENCES persona_versions ON DELETE CASCADE,
    made_by text NOT NULL,
    note text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX persona_uses_latest ON persona_uses (influencer_id, seq DESC);
INSERT INTO persona_uses (id, agency_id, influencer_id, persona_version_id, made_by, made_at)
    SELECT gen_random_uuid(), i.agency_id, i.id, v.id, v.made_by, v.created_at
    FROM influencers i JOIN persona_versions v ON v.id = i.persona_version_id;

-- The version that a conversation tries out; none: the influencer's own.
ALTER TABLE conversations ADD COLUMN persona_version_id uuid REFERENCES persona_versions;

ALTER TABLE persona_uses ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON persona_uses TO muse_app USING (agency_id = current_agency()) WITH CHECK (agency_id = current_agency());
GRANT SELECT, INSERT ON persona_uses TO muse_app;
