-- What follows a payment: pictures that we hand over ourselves, refunds that an operator ordered, and what a fan still owns.

-- A purchase whose pictures the platform does not show by itself: they leave once, through the outbox. `looked_at` is when a
-- worker last saw to it.
CREATE TABLE handovers (
    purchase_id uuid PRIMARY KEY REFERENCES purchases ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'leaving', 'done', 'withdrawn')),
    correlation_id text NOT NULL,
    looked_at timestamptz
);
CREATE INDEX handovers_open ON handovers (looked_at) WHERE state IN ('waiting', 'leaving');

-- An operator wants a payment given back; that it was is a row in `refunds`.
CREATE TABLE refund_orders (
    purchase_id uuid PRIMARY KEY REFERENCES purchases ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    ordered_by text NOT NULL,
    ordered_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'refused')),
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT now(),
    error text
);
CREATE INDEX refund_orders_waiting ON refund_orders (not_before) WHERE state = 'waiting';

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['handovers', 'refund_orders'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
        EXECUTE format('CREATE POLICY sweep ON %I FOR SELECT TO muse_sweep USING (true)', tenant);
    END LOOP;
END $$;
GRANT SELECT (agency_id, conversation_id, state, looked_at) ON handovers TO muse_sweep;
GRANT SELECT (agency_id, purchase_id, state, not_before) ON refund_orders TO muse_sweep;
GRANT SELECT (conversation_id) ON checkouts TO muse_sweep;

CREATE INDEX checkouts_of_payload ON checkouts (payload) WHERE accepted;

-- What fans own: bought and not given back.
CREATE VIEW holdings WITH (security_invoker = true) AS
    SELECT p.* FROM purchases p WHERE NOT EXISTS (SELECT FROM refunds r WHERE r.purchase_id = p.id);
GRANT SELECT ON holdings TO muse_app;

-- A chat that begins while its connection is closed cannot be written to, whoever makes its row.
CREATE FUNCTION close_chat_of_connection() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    NEW.reachable := NEW.reachable AND NOT EXISTS (SELECT FROM connections c WHERE c.account_id = NEW.account_id
        AND c.key = NEW.connection_key AND NOT (c.enabled AND c.can_reply));
    RETURN NEW;
END $$;
CREATE TRIGGER close_chat_of_connection BEFORE INSERT ON conversations FOR EACH ROW
    WHEN (NEW.connection_key IS NOT NULL) EXECUTE FUNCTION close_chat_of_connection();

-- the ways in ---------------------------------------------------------------------------------------------------------

-- A purchase is a row of its own and a message, so that the next turn thanks the fan once; what we hand over ourselves is
-- noted in the same commit. A second payment for the same offer is nobody's purchase: a person must see it.
CREATE OR REPLACE FUNCTION ingest_purchase(account accounts, chat conversations, event jsonb) RETURNS uuid
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    offer offers;
    bought text;
BEGIN
    SELECT * INTO offer FROM offers o
        WHERE o.payload = event ->> 'payload' AND o.agency_id = account.agency_id AND o.fan_id = chat.fan_id;
    IF NOT FOUND OR ((event ->> 'sandbox')::boolean AND NOT account.sandbox) THEN
        RETURN NULL;
    END IF;
    INSERT INTO purchases (id, agency_id, offer_id, pack_id, fan_id, account_id, event_key, charge_key, amount, unit, sandbox,
                           purchased_at)
        VALUES ((event ->> 'purchase_id')::uuid, account.agency_id, offer.id, offer.pack_id, offer.fan_id, account.id,
                event ->> 'event_key', event ->> 'charge_key', offer.amount, offer.unit,
                coalesce((event ->> 'sandbox')::boolean, false), (event ->> 'at')::timestamptz)
        ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        IF EXISTS (SELECT FROM purchases p WHERE p.offer_id = offer.id AND p.charge_key <> event ->> 'charge_key') THEN
            RETURN NULL;  -- paid twice
        END IF;
        RETURN '00000000-0000-0000-0000-000000000000';  -- known already: nothing to say
    END IF;
    IF (event ->> 'hand_over')::boolean THEN
        INSERT INTO handovers (purchase_id, agency_id, conversation_id, correlation_id)
            VALUES ((event ->> 'purchase_id')::uuid, account.agency_id, chat.id, event ->> 'correlation_id');
    END IF;
    SELECT title INTO bought FROM packs WHERE id = offer.pack_id;
    INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, meta, platform_message_id, correlation_id, sent_at)
        VALUES ((event ->> 'message_id')::uuid, account.agency_id, chat.id, 'in', 'fan', 'purchase', bought,
                jsonb_build_object('offer_id', offer.id, 'pack_id', offer.pack_id, 'title', bought),
                'purchase:' || offer.id, event ->> 'correlation_id', (event ->> 'at')::timestamptz);
    RETURN (event ->> 'message_id')::uuid;
END $$;

-- A refund names a charge; a purchase that came without one is found by its offer.
CREATE FUNCTION ingest_refund(account accounts, event jsonb) RETURNS boolean
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    bought uuid;
BEGIN
    SELECT p.id INTO bought FROM purchases p JOIN offers o ON o.id = p.offer_id WHERE p.account_id = account.id
        AND (p.charge_key = event ->> 'charge_key' OR (p.charge_key IS NULL AND o.payload = event ->> 'payload'));
    IF NOT FOUND THEN
        RETURN false;  -- a refund of nothing that was bought here: for a person to look at
    END IF;
    INSERT INTO refunds (purchase_id, agency_id, refunded_at, refunded_by)
        VALUES (bought, account.agency_id, (event ->> 'at')::timestamptz, account.platform) ON CONFLICT DO NOTHING;
    UPDATE refund_orders SET state = 'done', error = NULL WHERE purchase_id = bought;
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION ingest_aside(account accounts, known uuid, event jsonb) RETURNS conversations
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    chat conversations;
    what text := event ->> 'event';
BEGIN
    SELECT * INTO chat FROM conversations c WHERE c.id = coalesce(known, chat_of(account.id, event ->> 'conversation_key'));
    IF NOT FOUND THEN
        RETURN chat;
    END IF;
    CASE what
        WHEN 'delete' THEN PERFORM ingest_delete(account, chat, event);
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
            IF NOT ingest_refund(account, event) THEN
                chat.id := NULL;
            END IF;
        ELSE
            RAISE EXCEPTION 'ingest: unknown event %', what;
    END CASE;
    RETURN chat;
END $$;

-- One event that is no message and whose raw row is written: what it means. `known` is its chat where it has a sender;
-- `written_later`: a message of that chat stands behind it in the batch. A purchase belongs to the chat in which it was offered:
-- the platform may name no more than the fan and the payload.
CREATE OR REPLACE FUNCTION ingest_event(account accounts, event jsonb, known uuid, written_later boolean,
                             OUT state text, OUT chat_id uuid, OUT message_id uuid, OUT wait_s real)
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    chat conversations;
    offered conversations;
    what text := event ->> 'event';
BEGIN
    state := 'taken';
    IF what = 'connection' THEN
        PERFORM ingest_connection(account, event);
        RETURN;
    END IF;
    IF what IN ('delete', 'echo', 'reaction', 'checkout', 'refund') THEN
        chat := ingest_aside(account, known, event);
        state := CASE WHEN chat.id IS NOT NULL THEN 'taken' WHEN what = 'refund' THEN 'unmatched' ELSE 'ignored' END;
    ELSE
        SELECT * INTO STRICT chat FROM conversations c WHERE c.id = known;
        CASE what
            WHEN 'edit' THEN message_id := ingest_edit(account, chat, event);
            WHEN 'purchase' THEN
                SELECT c.* INTO offered FROM offers o JOIN conversations c ON c.id = o.conversation_id
                    WHERE o.payload = event ->> 'payload' AND c.account_id = account.id AND c.identity_id = chat.identity_id;
                IF FOUND THEN
                    chat := offered;
                END IF;
                message_id := ingest_purchase(account, chat, event);
                state := CASE WHEN message_id IS NULL THEN 'unmatched' ELSE 'taken' END;
                message_id := nullif(message_id, '00000000-0000-0000-0000-000000000000');
            WHEN 'reach' THEN
                UPDATE conversations SET reachable = (event ->> 'reachable')::boolean OR written_later WHERE id = chat.id;
            ELSE
                RAISE EXCEPTION 'ingest: unknown event %', what;
        END CASE;
    END IF;
    chat_id := chat.id;
    IF message_id IS NOT NULL THEN
        wait_s := wake_conversation(chat.id, (event ->> 'quiet_s')::float8, (event ->> 'quiet_max_s')::float8);
    END IF;
END $$;
