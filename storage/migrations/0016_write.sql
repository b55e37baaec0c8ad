-- What an analyst has read, and summaries that go with what they tell of.

-- A turn whose messages an analyst has read; set in the transaction that writes what was found, so that a job run twice adds nothing.
ALTER TABLE turns ADD COLUMN analysed_at timestamptz;

-- A message that is edited or taken back takes every summary that tells of it along; the job writes a new one.
CREATE FUNCTION drop_stale_summaries() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    DELETE FROM summaries WHERE conversation_id = NEW.conversation_id AND upto_message_id >= NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER summaries_go_stale AFTER UPDATE OF text, deleted_at ON messages FOR EACH ROW
    WHEN (OLD.text IS DISTINCT FROM NEW.text OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
    EXECUTE FUNCTION drop_stale_summaries();
CREATE FUNCTION drop_summaries_of_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    DELETE FROM summaries WHERE conversation_id = OLD.conversation_id AND upto_message_id >= OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER summaries_go_with_messages AFTER DELETE ON messages FOR EACH ROW EXECUTE FUNCTION drop_summaries_of_deleted();

-- Turns whose wake-up was lost before an analyst read them are looked for.
CREATE INDEX turns_unanalysed ON turns (agency_id, committed_at) WHERE analysed_at IS NULL;
