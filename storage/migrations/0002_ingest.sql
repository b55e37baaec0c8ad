-- The ingress: one call per batch writes raw events, fans, identities, conversations and messages of many accounts once.
-- It is a definer function because one batch may hold events of several agencies; each event names its account, and the
-- agency is read from that account's row, never from the caller.

CREATE TYPE ingested AS (event_index integer, agency_id uuid, conversation_id uuid, message_id uuid, fresh boolean, wait_s real);

CREATE FUNCTION ingest_identity(account accounts, event jsonb, OUT identity_id uuid, OUT fan_id uuid)
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    sender jsonb := event -> 'sender';
BEGIN
    SELECT i.id, i.fan_id INTO identity_id, fan_id FROM identities i
        WHERE i.agency_id = account.agency_id AND i.platform = account.platform AND i.handle = sender ->> 'handle';
    IF FOUND THEN
        RETURN;
    END IF;
    fan_id := (event ->> 'fan_id')::uuid;
    INSERT INTO fans (id, agency_id, display_name, language)
        VALUES (fan_id, account.agency_id, sender ->> 'display_name', sender ->> 'language');
    INSERT INTO identities AS i (id, agency_id, fan_id, platform, handle, username, display_name)
        VALUES ((event ->> 'identity_id')::uuid, account.agency_id, fan_id, account.platform, sender ->> 'handle',
                sender ->> 'username', sender ->> 'display_name')
        ON CONFLICT (agency_id, platform, handle) DO NOTHING RETURNING i.id INTO identity_id;
    IF identity_id IS NULL THEN  -- another batch made the same fan a moment ago
        DELETE FROM fans f WHERE f.id = ingest_identity.fan_id;
        SELECT i.id, i.fan_id INTO identity_id, fan_id FROM identities i
            WHERE i.agency_id = account.agency_id AND i.platform = account.platform AND i.handle = sender ->> 'handle';
    END IF;
END $$;

CREATE FUNCTION ingest_conversation(account accounts, event jsonb) RETURNS conversations
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    who record;
    found_one conversations;
BEGIN
    who := ingest_identity(account, event);
    SELECT * INTO found_one FROM conversations c WHERE c.identity_id = who.identity_id AND c.account_id = account.id;
    IF NOT FOUND THEN
        INSERT INTO conversations AS c (id, agency_id, account_id, influencer_id, identity_id, fan_id, platform_key)
            VALUES ((event ->> 'conversation_id')::uuid, account.agency_id, account.id, account.influencer_id,
                    who.identity_id, who.fan_id, event ->> 'conversation_key')
            ON CONFLICT (identity_id, account_id) DO UPDATE SET platform_key = excluded.platform_key
            RETURNING * INTO found_one;
    END IF;
    RETURN found_one;
END $$;

-- A message wakes its conversation: due after the quiet time, at most the upper bound after the first unanswered one.
CREATE FUNCTION wake_conversation(conversation uuid, quiet_s double precision, quiet_max_s double precision) RETURNS real
    LANGUAGE sql SET search_path = public, pg_temp
AS $$
    UPDATE conversations SET
        last_message_at = greatest(last_message_at, clock_timestamp()),
        first_unanswered_at = coalesce(first_unanswered_at, clock_timestamp()),
        due_at = CASE WHEN owner = 'agent' THEN least(
            coalesce(first_unanswered_at, clock_timestamp()) + make_interval(secs => quiet_max_s),
            clock_timestamp() + make_interval(secs => quiet_s)) END
    WHERE id = conversation
    RETURNING extract(epoch FROM due_at - clock_timestamp())::real
$$;

CREATE FUNCTION ingest_message(account accounts, chat conversations, event jsonb) RETURNS uuid
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    made uuid;
BEGIN
    INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, meta, platform_message_id, group_key,
                          reply_to, correlation_id, sent_at)
        VALUES ((event ->> 'message_id')::uuid, account.agency_id, chat.id, 'in', 'fan', coalesce(event ->> 'kind', 'text'),
                coalesce(event ->> 'text', ''), jsonb_strip_nulls(jsonb_build_object('media', event -> 'media')),
                event ->> 'message_key', event ->> 'group_key', event ->> 'reply_to', event ->> 'correlation_id',
                (event ->> 'at')::timestamptz)
        ON CONFLICT (conversation_id, direction, platform_message_id) DO NOTHING RETURNING id INTO made;
    IF made IS NOT NULL AND jsonb_typeof(event -> 'media') = 'array' THEN
        INSERT INTO media (id, agency_id, message_id, kind, file_id, announced_mime, announced_bytes)
            SELECT (m ->> 'id')::uuid, account.agency_id, made, m ->> 'kind', m ->> 'file_id', m ->> 'mime', (m ->> 'bytes')::bigint
            FROM jsonb_array_elements(event -> 'media') AS m;
    END IF;
    RETURN made;
END $$;

-- An edit changes the row; of a message that we never saw, it is the message. An answered message keeps its answer.
CREATE FUNCTION ingest_edit(account accounts, chat conversations, event jsonb) RETURNS uuid
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    waiting uuid;
BEGIN
    PERFORM FROM conversations WHERE id = chat.id FOR UPDATE;  -- before its messages, as a commit does
    UPDATE messages SET text = event ->> 'text', edited_at = (event ->> 'at')::timestamptz
        WHERE conversation_id = chat.id AND direction = 'in' AND platform_message_id = event ->> 'message_key'
            AND (edited_at IS NULL OR edited_at <= (event ->> 'at')::timestamptz)
        RETURNING CASE WHEN answered_at IS NULL THEN id END INTO waiting;
    IF NOT FOUND AND NOT EXISTS (SELECT FROM messages WHERE conversation_id = chat.id AND direction = 'in'
                                 AND platform_message_id = event ->> 'message_key') THEN
        RETURN ingest_message(account, chat, event);
    END IF;
    RETURN waiting;
END $$;

-- A purchase is a row of its own and a message, so that the next turn thanks the fan once.
CREATE FUNCTION ingest_purchase(account accounts, chat conversations, event jsonb) RETURNS uuid
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
        RETURN '00000000-0000-0000-0000-000000000000';  -- known already: nothing to say
    END IF;
    SELECT title INTO bought FROM packs WHERE id = offer.pack_id;
    INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, meta, platform_message_id, correlation_id, sent_at)
        VALUES ((event ->> 'message_id')::uuid, account.agency_id, chat.id, 'in', 'fan', 'purchase', bought,
                jsonb_build_object('offer_id', offer.id, 'pack_id', offer.pack_id, 'title', bought),
                'purchase:' || offer.id, event ->> 'correlation_id', (event ->> 'at')::timestamptz);
    RETURN (event ->> 'message_id')::uuid;
END $$;

CREATE FUNCTION ingest_one(account accounts, event jsonb, body bytea, position_ integer) RETURNS ingested
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
    IF what = 'delete' THEN
        SELECT * INTO chat FROM conversations c WHERE c.account_id = account.id AND c.platform_key = event ->> 'conversation_key';
        PERFORM FROM conversations WHERE id = chat.id FOR UPDATE;  -- before its messages, as a commit does
        UPDATE messages SET deleted_at = (event ->> 'at')::timestamptz WHERE conversation_id = chat.id AND direction = 'in'
            AND platform_message_id IN (SELECT jsonb_array_elements_text(event -> 'message_keys'));
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
    IF what = 'message' AND NOT chat.reachable THEN
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

CREATE FUNCTION ingest(events jsonb, bodies bytea[]) RETURNS SETOF ingested
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    event jsonb;
    account accounts;
    place integer;
BEGIN
    -- Accounts and fans in one fixed order, so that two batches at once never wait for each other in a circle.
    FOR event, place IN
        SELECT e, n::integer FROM jsonb_array_elements(events) WITH ORDINALITY AS t(e, n)
        ORDER BY e ->> 'account_id', e -> 'sender' ->> 'handle' NULLS FIRST, e ->> 'event_key', n
    LOOP
        SELECT * INTO STRICT account FROM accounts a WHERE a.id = (event ->> 'account_id')::uuid;
        RETURN NEXT ingest_one(account, event, bodies[place], place - 1);
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION ingest(jsonb, bytea[]) TO muse_app;
