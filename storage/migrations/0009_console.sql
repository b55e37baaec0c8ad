-- The console's lists stay fast over a long past: what waits for a person is found without sorting everything else. A row is in
-- one of the two indexes, so that a message costs what it cost before.

CREATE INDEX conversations_waiting ON conversations (agency_id, last_message_at DESC) WHERE owner <> 'agent';
CREATE INDEX conversations_spoken ON conversations (agency_id, last_message_at DESC) WHERE owner = 'agent';
DROP INDEX IF EXISTS conversations_recent;
