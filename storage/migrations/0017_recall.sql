-- Recall of what was said: messages wait until memory has read them, and a long one is remembered in pieces.

-- Memory has read this message, or found nothing in it to remember. Whoever changes its words has it read again; whoever deletes
-- it takes its episodes with it.
ALTER TABLE messages ADD COLUMN remembered_at timestamptz;
CREATE INDEX messages_unremembered ON messages (agency_id, id) WHERE remembered_at IS NULL AND deleted_at IS NULL;

CREATE FUNCTION forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        DELETE FROM episodes WHERE message_id = NEW.id;
    ELSIF NEW.text IS DISTINCT FROM OLD.text THEN
        NEW.remembered_at := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_words BEFORE UPDATE OF text, deleted_at ON messages FOR EACH ROW EXECUTE FUNCTION forget_words();

-- `text` is what is embedded, "<speaker>: <words>"; the words alone are searched, for a name beside each says nothing of them.
ALTER TABLE episodes DROP COLUMN search;
ALTER TABLE episodes ADD COLUMN speaker text NOT NULL DEFAULT '';
ALTER TABLE episodes ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector(dictionary, CASE WHEN speaker = '' THEN text ELSE substr(text, length(speaker) + 3) END)) STORED;

ALTER TABLE episodes DROP CONSTRAINT episodes_message_id_key;
ALTER TABLE episodes ADD COLUMN piece smallint NOT NULL DEFAULT 0;
ALTER TABLE episodes ADD CONSTRAINT episodes_piece UNIQUE (message_id, piece);
