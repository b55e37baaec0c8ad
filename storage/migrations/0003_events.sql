-- What platforms tell us beside messages: chats that reach us through somebody's connection, echoes of what was sent from our
-- side, reactions, checkouts that ask for a yes, and refunds.

-- Somebody lets an account speak in their name: `handle` is whose chats they are.
CREATE TABLE connections (
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    key text NOT NULL,
    handle text NOT NULL,
    enabled boolean NOT NULL,
    can_reply boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, key)
);

ALTER TABLE conversations ADD COLUMN connection_key text;
CREATE INDEX conversations_of_connection ON conversations (account_id, connection_key) WHERE connection_key IS NOT NULL;
-- A chat of a connection is another conversation than the same fan's own chat with the account.
ALTER TABLE conversations DROP CONSTRAINT conversations_identity_id_account_id_key;
CREATE UNIQUE INDEX conversations_chat ON conversations (identity_id, account_id, coalesce(connection_key, ''));
CREATE INDEX conversations_by_chat ON conversations (account_id, platform_key);

-- Something that was sent from our side came back; the outbox settles by it, or a person took over.
CREATE TABLE echoes (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    platform_message_id text NOT NULL,
    text text NOT NULL,
    ours boolean,
    at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'matched', 'foreign')),
    correlation_id text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (conversation_id, platform_message_id)
);
CREATE INDEX echoes_waiting ON echoes (received_at) WHERE state = 'waiting';

CREATE TABLE reactions (
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    platform_message_id text NOT NULL,
    emoji text[] NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, platform_message_id)
);

-- A payment that may go on only when we say so, within seconds.
CREATE TABLE checkouts (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    query_key text NOT NULL,
    payload text NOT NULL,
    amount bigint NOT NULL,
    unit text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    answered_at timestamptz,
    accepted boolean,
    reason text,
    UNIQUE (account_id, query_key)
);
CREATE INDEX checkouts_open ON checkouts (asked_at) WHERE answered_at IS NULL;

-- A purchase stays; that it was given back is a row of its own. What was refunded is not owned any more.
CREATE TABLE refunds (
    purchase_id uuid PRIMARY KEY REFERENCES purchases ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    refunded_at timestamptz NOT NULL,
    refunded_by text NOT NULL
);

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['connections', 'echoes', 'reactions', 'checkouts', 'refunds'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
    END LOOP;
END $$;
REVOKE UPDATE, DELETE ON refunds FROM muse_app;
GRANT SELECT (id, agency_id, conversation_id, state, received_at) ON echoes TO muse_sweep;
GRANT SELECT (id, agency_id, asked_at, answered_at) ON checkouts TO muse_sweep;
CREATE POLICY sweep ON echoes FOR SELECT TO muse_sweep USING (true);
CREATE POLICY sweep ON checkouts FOR SELECT TO muse_sweep USING (true);

-- the ways in ---------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION ingest_conversation(account accounts, event jsonb) RETURNS conversations
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    who record;
    found_one conversations;
BEGIN
    who := ingest_identity(account, event);
    SELECT * INTO found_one FROM conversations c WHERE c.identity_id = who.identity_id AND c.account_id = account.id
        AND coalesce(c.connection_key, '') = coalesce(event ->> 'connection_key', '');
    IF NOT FOUND THEN
        INSERT INTO conversations AS c (id, agency_id, account_id, influencer_id, identity_id, fan_id, platform_key, connection_key)
            VALUES ((event ->> 'conversation_id')::uuid, account.agency_id, account.id, account.influencer_id,
                    who.identity_id, who.fan_id, event ->> 'conversation_key', event ->> 'connection_key')
            ON CONFLICT (identity_id, account_id, coalesce(connection_key, '')) DO UPDATE SET platform_key = excluded.platform_key
            RETURNING * INTO found_one;
    END IF;
    RETURN found_one;
END $$;

-- What concerns a chat that must exist already: nothing is made for it. Returns the chat, empty for an unknown one.
CREATE FUNCTION ingest_aside(account accounts, event jsonb) RETURNS conversations
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    chat conversations;
    bought purchases;
    what text := event ->> 'event';
BEGIN
    SELECT * INTO chat FROM conversations c WHERE c.account_id = account.id AND c.platform_key = event ->> 'conversation_key'
        ORDER BY c.id LIMIT 1;
    IF NOT FOUND THEN
        RETURN chat;
    END IF;
    CASE what
        WHEN 'delete' THEN
            PERFORM FROM conversations WHERE id = chat.id FOR UPDATE;  -- before its messages, as a commit does
            UPDATE messages SET deleted_at = (event ->> 'at')::timestamptz WHERE conversation_id = chat.id AND direction = 'in'
                AND platform_message_id IN (SELECT jsonb_array_elements_text(event -> 'message_keys'));
        WHEN 'echo' THEN
            INSERT INTO echoes (id, agency_id, conversation_id, platform_message_id, text, ours, at, correlation_id)
                VALUES ((event ->> 'raw_id')::uuid, account.agency_id, chat.id, event ->> 'message_key', event ->> 'text',
                        (event ->> 'ours')::boolean, (event ->> 'at')::timestamptz, event ->> 'correlation_id')
                ON CONFLICT DO NOTHING;
        WHEN 'reaction' THEN
            INSERT INTO reactions AS r (conversation_id, agency_id, platform_message_id, emoji, at)
                VALUES (chat.id, account.agency_id, event ->> 'message_key',
                        ARRAY(SELECT jsonb_array_elements_text(event -> 'emoji')), (event ->> 'at')::timestamptz)
                ON CONFLICT (conversation_id, platform_message_id)
                DO UPDATE SET emoji = excluded.emoji, at = excluded.at WHERE r.at <= excluded.at;
        WHEN 'checkout' THEN
            INSERT INTO checkouts (id, agency_id, account_id, conversation_id, query_key, payload, amount, unit)
                VALUES ((event ->> 'raw_id')::uuid, account.agency_id, account.id, chat.id, event ->> 'query_key',
                        event ->> 'payload', (event ->> 'amount')::bigint, event ->> 'unit')
                ON CONFLICT DO NOTHING;
        WHEN 'refund' THEN
            SELECT p.* INTO bought FROM purchases p WHERE p.account_id = account.id AND p.charge_key = event ->> 'charge_key';
            IF NOT FOUND THEN
                chat.id := NULL;  -- a refund of nothing that was bought here: for a person to look at
                RETURN chat;
            END IF;
            INSERT INTO refunds (purchase_id, agency_id, refunded_at, refunded_by)
                VALUES (bought.id, account.agency_id, (event ->> 'at')::timestamptz, account.platform) ON CONFLICT DO NOTHING;
        ELSE
            RAISE EXCEPTION 'ingest: unknown event %', what;
    END CASE;
    RETURN chat;
END $$;

-- A connection that ends takes its chats with it; one that begins again opens them.
CREATE FUNCTION ingest_connection(account accounts, event jsonb) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO connections AS c (account_id, agency_id, key, handle, enabled, can_reply, changed_at)
        VALUES (account.id, account.agency_id, event ->> 'connection_key', event ->> 'owner_handle',
                (event ->> 'enabled')::boolean, (event ->> 'can_reply')::boolean, (event ->> 'at')::timestamptz)
        ON CONFLICT (account_id, key) DO UPDATE SET handle = excluded.handle, enabled = excluded.enabled,
            can_reply = excluded.can_reply, changed_at = excluded.changed_at WHERE c.changed_at <= excluded.changed_at;
    UPDATE conversations chat SET reachable = c.enabled AND c.can_reply FROM connections c
        WHERE c.account_id = account.id AND c.key = event ->> 'connection_key'
            AND chat.account_id = account.id AND chat.connection_key = c.key;
END $$;

CREATE OR REPLACE FUNCTION ingest_one(account accounts, event jsonb, body bytea, position_ integer) RETURNS ingested
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    chat conversations;
    message uuid;
    what text := event ->> 'event';
    outcome text := 'taken';
    answer ingested;
BEGIN
    answer := (position_, account.agency_id, NULL, NULL, false, NULL);
    INSERT INTO raw_events (id, agency_id, account_id, event_key, kind, state, body, correlation_id)
        VALUES ((event ->> 'raw_id')::uuid, account.agency_id, account.id, event ->> 'event_key', coalesce(event ->> 'kind', what),
                CASE WHEN what <> 'other' THEN 'taken' WHEN (event ->> 'readable')::boolean THEN 'ignored' ELSE 'unreadable' END,
                body, event ->> 'correlation_id')
        ON CONFLICT (account_id, event_key) DO NOTHING;
    IF NOT FOUND THEN
        RETURN answer;
    END IF;
    answer.fresh := true;
    IF what = 'other' THEN
        RETURN answer;
    END IF;
    IF what = 'connection' THEN
        PERFORM ingest_connection(account, event);
        RETURN answer;
    END IF;
    IF what IN ('delete', 'echo', 'reaction', 'checkout', 'refund') THEN
        chat := ingest_aside(account, event);
        outcome := CASE WHEN chat.id IS NOT NULL THEN 'taken' WHEN what = 'refund' THEN 'unmatched' ELSE 'ignored' END;
    ELSE
        chat := ingest_conversation(account, event);
        CASE what
            WHEN 'message' THEN message := ingest_message(account, chat, event);
            WHEN 'edit' THEN message := ingest_edit(account, chat, event);
            WHEN 'purchase' THEN
                message := ingest_purchase(account, chat, event);
                outcome := CASE WHEN message IS NULL THEN 'unmatched' ELSE 'taken' END;
                message := nullif(message, '00000000-0000-0000-0000-000000000000');
            WHEN 'reach' THEN
                UPDATE conversations SET reachable = (event ->> 'reachable')::boolean WHERE id = chat.id;
            ELSE
                RAISE EXCEPTION 'ingest: unknown event %', what;
        END CASE;
    END IF;
    IF what = 'message' AND NOT chat.reachable AND NOT EXISTS (SELECT FROM connections c WHERE c.account_id = account.id
            AND c.key = chat.connection_key AND NOT (c.enabled AND c.can_reply)) THEN
        UPDATE conversations SET reachable = true WHERE id = chat.id;
    END IF;
    UPDATE raw_events SET conversation_id = chat.id, state = outcome WHERE id = (event ->> 'raw_id')::uuid;
    answer.conversation_id := chat.id;
    answer.message_id := message;
    IF message IS NOT NULL THEN
        answer.wait_s := wake_conversation(chat.id, (event ->> 'quiet_s')::float8, (event ->> 'quiet_max_s')::float8);
    END IF;
    RETURN answer;
END $$;
