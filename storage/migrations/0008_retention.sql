-- Raw events grow old: their bodies go after some days, their keys stay to know a repeat, and go much later.

-- Up to this event an agency's bodies are gone, so that nobody looks at them again.
ALTER TABLE agencies ADD COLUMN events_trimmed_to uuid;
GRANT UPDATE (events_trimmed_to) ON agencies TO muse_app;
GRANT EXECUTE ON FUNCTION uuid_of(timestamptz, boolean) TO muse_app;
