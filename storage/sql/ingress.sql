-- ingest: Write a batch of events once; a row per event says whether it was new and which conversation it woke.
SELECT event_index, agency_id, conversation_id, message_id, fresh, wait_s FROM ingest($1, $2);
