-- Memory beyond facts: episodes (what was said, found again), rolling summaries, and what a fact needs to be trusted.

-- `standing`: a preference or an instruction that holds in every talk, so that it stands in every prompt. `made_by`: rules, an
-- analyst's model, or the operator or fan who corrected it. `search` is of the language that the text is written in.
ALTER TABLE facts
    ADD COLUMN standing boolean NOT NULL DEFAULT false,
    ADD COLUMN made_by text NOT NULL DEFAULT 'rules',
    ADD COLUMN retracted_by text,
    ADD COLUMN dictionary regconfig NOT NULL DEFAULT 'english',
    ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector(dictionary, kind || ' ' || subject || ' ' || text)) STORED;
CREATE INDEX facts_standing ON facts (fan_id, influencer_id) WHERE standing AND valid_to IS NULL AND retracted_at IS NULL;

-- One message as memory sees it. `text` is what is embedded and searched; who wrote it and when stand with its message, which
-- takes the episode with it when it goes.
CREATE TABLE episodes (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    message_id uuid NOT NULL UNIQUE REFERENCES messages ON DELETE CASCADE,
    author text NOT NULL CHECK (author IN ('fan', 'agent', 'operator')),
    text text NOT NULL,
    said_at timestamptz NOT NULL,
    dictionary regconfig NOT NULL DEFAULT 'english',
    search tsvector GENERATED ALWAYS AS (to_tsvector(dictionary, text)) STORED,
    embedder text,
    embedding halfvec,
    indexed_at timestamptz
);
CREATE INDEX episodes_of_fan ON episodes (fan_id, influencer_id);
CREATE INDEX episodes_in_order ON episodes (conversation_id, said_at, id);
CREATE INDEX episodes_unindexed ON episodes (agency_id, id) WHERE indexed_at IS NULL;

-- What went before the window of a conversation, up to and with one message; the newest row counts.
CREATE TABLE summaries (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    text text NOT NULL,
    upto_message_id uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX summaries_newest ON summaries (conversation_id, id DESC);

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['episodes', 'summaries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
    END LOOP;
END $$;
GRANT SELECT (id, agency_id, indexed_at) ON episodes TO muse_sweep;
CREATE POLICY sweep ON episodes FOR SELECT TO muse_sweep USING (true);
