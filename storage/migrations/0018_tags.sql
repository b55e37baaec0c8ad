-- What the fan of a conversation was read to want, for the operators' eyes: counted from the turns' records, gone with the
-- conversation.

CREATE TABLE tags (
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    tag text NOT NULL,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    times integer NOT NULL DEFAULT 1,
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (conversation_id, tag)
);
CREATE INDEX tags_latest ON tags (agency_id, tag, last_at DESC);
ALTER TABLE tags ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON tags TO muse_app USING (agency_id = current_agency()) WITH CHECK (agency_id = current_agency());
GRANT SELECT, INSERT, UPDATE, DELETE ON tags TO muse_app;

-- `other` says that nothing was found, and is no tag. Ordered, so that two writers lock the rows in one order.
CREATE FUNCTION tag_conversation() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO tags (conversation_id, tag, agency_id, last_at)
        SELECT DISTINCT NEW.conversation_id, intent, NEW.agency_id, NEW.committed_at
        FROM jsonb_array_elements_text(NEW.trace -> 'intents') AS intent WHERE intent <> 'other' ORDER BY intent
    ON CONFLICT (conversation_id, tag) DO UPDATE SET times = tags.times + 1, last_at = excluded.last_at;
    RETURN NULL;
END $$;
CREATE TRIGGER tag_conversation AFTER INSERT ON turns FOR EACH ROW
    WHEN (jsonb_typeof(NEW.trace -> 'intents') = 'array') EXECUTE FUNCTION tag_conversation();
