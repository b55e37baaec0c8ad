-- The ingress at full speed: one call writes a batch set by set, and late, edited and deleted messages find their place.

-- Rises whenever a waiting message is changed or taken back: an attempt that read an older one answers something else.
ALTER TABLE conversations ADD COLUMN revision bigint NOT NULL DEFAULT 0;

-- An agency's events are looked up by id and listed by time; an id is both. Its account holds an event in the house: the
-- agency is the account's, and a conversation is only a remark, which no index would find again when it is deleted.
ALTER TABLE raw_events
    DROP CONSTRAINT raw_events_pkey,
    DROP CONSTRAINT raw_events_agency_id_fkey,
    DROP CONSTRAINT raw_events_conversation_id_fkey,
    ADD PRIMARY KEY (agency_id, id),
    ALTER COLUMN body DROP NOT NULL;  -- none: it is older than bodies are kept, and its key still keeps a repeat away
DROP INDEX raw_events_recent, raw_events_unclear;
CREATE INDEX raw_events_unclear ON raw_events (agency_id, id) WHERE state IN ('unreadable', 'unmatched');
ALTER TABLE messages DROP CONSTRAINT messages_agency_id_fkey;  -- its conversation has one
DROP INDEX messages_unanswered;
CREATE INDEX messages_unanswered ON messages (conversation_id)
    WHERE direction = 'in' AND answered_at IS NULL AND deleted_at IS NULL;

-- The account comes second: an index that begins with it is chosen for its own sake while a table is young, and read whole.
DROP INDEX conversations_by_chat;
CREATE INDEX conversations_by_chat ON conversations (platform_key, account_id);
DROP INDEX conversations_recent;  -- no query asked it

DROP FUNCTION ingest(jsonb, bytea[]);
DROP FUNCTION ingest_one(accounts, jsonb, bytea, integer);
DROP TYPE ingested;

-- An id of version 7 that was or could have been made at a moment; `chance` false: the smallest of its millisecond.
CREATE FUNCTION uuid_of(moment timestamptz, chance boolean) RETURNS uuid
    LANGUAGE sql VOLATILE SET search_path = public, pg_temp
AS $$
    SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '7'
        || CASE WHEN chance THEN substr(replace(gen_random_uuid()::text, '-', ''), 14) ELSE '0008000000000000000' END)::uuid
$$;

-- When a conversation is due after a message: after the quiet time, at most the upper bound after the first unanswered one.
-- A turn that is thought past its quiet time stays due: what comes now is its overlap.
CREATE FUNCTION due_after(chat conversations, quiet_s double precision, quiet_max_s double precision) RETURNS timestamptz
    LANGUAGE sql
AS $$
    SELECT CASE WHEN chat.owner <> 'agent' THEN NULL
        WHEN chat.lease_until > clock_timestamp() AND chat.due_at <= clock_timestamp() THEN chat.due_at
        WHEN chat.lease_until IS NULL AND chat.attempts > 0 AND chat.due_at > clock_timestamp() THEN chat.due_at  -- it failed, and rests
        ELSE least(coalesce(chat.first_unanswered_at, clock_timestamp()) + make_interval(secs => quiet_max_s),
                   clock_timestamp() + make_interval(secs => quiet_s)) END
$$;

-- Messages wake their conversations, each named once; returns in how many seconds each is due.
CREATE FUNCTION wake_conversations(chats uuid[], quiets_s double precision[], bounds_s double precision[])
    RETURNS TABLE (chat_id uuid, wait_s real)
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN QUERY UPDATE conversations c SET
        last_message_at = greatest(c.last_message_at, clock_timestamp()),
        due_at = due_after(c, w.quiet_s, w.bound_s),
        first_unanswered_at = coalesce(c.first_unanswered_at, clock_timestamp())
    FROM unnest(chats, quiets_s, bounds_s) AS w (chat, quiet_s, bound_s) WHERE c.id = w.chat
    RETURNING c.id, extract(epoch FROM c.due_at - clock_timestamp())::real;
END $$;

CREATE OR REPLACE FUNCTION wake_conversation(conversation uuid, quiet_s double precision, quiet_max_s double precision) RETURNS real
    LANGUAGE sql SET search_path = public, pg_temp
AS $$
    SELECT w.wait_s FROM wake_conversations(ARRAY[conversation], ARRAY[quiet_s], ARRAY[quiet_max_s]) AS w
$$;

-- A waiting message was changed or taken back: attempts that read it are stale, and with nothing left no turn is due. A
-- lease that is held ends by its holder, who finds nothing to answer.
CREATE FUNCTION revise_conversation(conversation uuid) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp
AS $$
    UPDATE conversations c SET revision = c.revision + 1,
        due_at = CASE WHEN rest.waiting OR c.lease_until > clock_timestamp() THEN c.due_at END,
        first_unanswered_at = CASE WHEN rest.waiting THEN c.first_unanswered_at END
    FROM (SELECT EXISTS (SELECT FROM messages m WHERE m.conversation_id = conversation AND m.direction = 'in'
        AND m.answered_at IS NULL AND m.deleted_at IS NULL) AS waiting) AS rest
    WHERE c.id = conversation
$$;

-- A fan's media, to be fetched.
CREATE FUNCTION ingest_media(agency uuid, message uuid, media jsonb) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp
AS $$
    INSERT INTO media (id, agency_id, message_id, kind, file_id, announced_mime, announced_bytes)
        SELECT (m ->> 'id')::uuid, agency, message, m ->> 'kind', m ->> 'file_id', m ->> 'mime', (m ->> 'bytes')::bigint
        FROM jsonb_array_elements(media) AS m
$$;

DROP FUNCTION ingest_message(accounts, conversations, jsonb);

-- The original of a message that an edit or a deletion announced already: it says when and as what it was sent, and the
-- later text stays.
CREATE FUNCTION ingest_original(chat uuid, message_key text, kind_ text, group_key_ text, reply_to_ text, media_ jsonb, at timestamptz)
    RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    found_one messages;
BEGIN
    UPDATE messages SET sent_at = at, kind = kind_, group_key = group_key_, reply_to = reply_to_,
            meta = meta || jsonb_strip_nulls(jsonb_build_object('media', media_))
        WHERE conversation_id = chat AND direction = 'in' AND platform_message_id = message_key
            AND coalesce(edited_at, deleted_at) IS NOT NULL AND sent_at > at
        RETURNING * INTO found_one;
    IF found_one.deleted_at IS NULL AND media_ IS NOT NULL THEN
        PERFORM ingest_media(found_one.agency_id, found_one.id, media_);
    END IF;
END $$;

-- An edit changes the row; of a message that we never saw, it is the message. An answered message keeps its answer. Returns
-- the message if it waits for one, anew or still.
CREATE OR REPLACE FUNCTION ingest_edit(account accounts, chat conversations, event jsonb) RETURNS uuid
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    made uuid;
    waiting boolean;
BEGIN
    INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, platform_message_id, correlation_id,
                          sent_at, edited_at)
        VALUES ((event ->> 'message_id')::uuid, account.agency_id, chat.id, 'in', 'fan', 'text', event ->> 'text',
                event ->> 'message_key', event ->> 'correlation_id', (event ->> 'at')::timestamptz, (event ->> 'at')::timestamptz)
        ON CONFLICT (conversation_id, direction, platform_message_id) DO NOTHING RETURNING id INTO made;
    IF made IS NOT NULL THEN
        RETURN made;
    END IF;
    UPDATE messages SET text = event ->> 'text', edited_at = (event ->> 'at')::timestamptz
        WHERE conversation_id = chat.id AND direction = 'in' AND platform_message_id = event ->> 'message_key'
            AND (edited_at IS NULL OR edited_at <= (event ->> 'at')::timestamptz) AND deleted_at IS NULL
        RETURNING id, answered_at IS NULL INTO made, waiting;
    IF NOT coalesce(waiting, false) THEN
        RETURN NULL;
    END IF;
    PERFORM revise_conversation(chat.id);
    RETURN made;
END $$;

-- A deletion takes messages back; one that we have not seen yet is kept as deleted, so that it is not answered when it comes.
CREATE FUNCTION ingest_delete(account accounts, chat conversations, event jsonb) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    taken_back integer;
BEGIN
    WITH gone AS (
        UPDATE messages SET deleted_at = (event ->> 'at')::timestamptz
            WHERE conversation_id = chat.id AND direction = 'in' AND deleted_at IS NULL
                AND platform_message_id IN (SELECT jsonb_array_elements_text(event -> 'message_keys'))
            RETURNING answered_at)
        SELECT count(*) FILTER (WHERE answered_at IS NULL) INTO taken_back FROM gone;
    INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, platform_message_id, correlation_id, sent_at,
                          deleted_at)
        SELECT uuid_of(clock_timestamp(), true), account.agency_id, chat.id, 'in', 'fan', 'text', key,
                event ->> 'correlation_id', (event ->> 'at')::timestamptz, (event ->> 'at')::timestamptz
            FROM jsonb_array_elements_text(event -> 'message_keys') AS key
            WHERE NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = chat.id AND m.direction = 'out'
                              AND m.platform_message_id = key)
        ON CONFLICT (conversation_id, direction, platform_message_id) DO NOTHING;
    IF taken_back > 0 THEN
        PERFORM revise_conversation(chat.id);
    END IF;
END $$;

-- The chat of a platform's key, of an account.
CREATE FUNCTION chat_of(account uuid, wanted_key text) RETURNS uuid
    LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
    SELECT c.id FROM conversations c WHERE c.account_id = account AND c.platform_key = wanted_key ORDER BY c.id LIMIT 1
$$;

-- What concerns a chat that must exist already: nothing is made for it. Returns the chat, empty for an unknown one.
DROP FUNCTION ingest_aside(accounts, jsonb);
CREATE FUNCTION ingest_aside(account accounts, known uuid, event jsonb) RETURNS conversations
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    chat conversations;
    bought purchases;
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

-- One event that is no message and whose raw row is written: what it means. `known` is its chat where it has a sender;
-- `written_later`: a message of that chat stands behind it in the batch.
CREATE FUNCTION ingest_event(account accounts, event jsonb, known uuid, written_later boolean,
                             OUT state text, OUT chat_id uuid, OUT message_id uuid, OUT wait_s real)
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    chat conversations;
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

-- Whose message it is. A person who is new here becomes a fan.
CREATE OR REPLACE FUNCTION ingest_identity(account accounts, event jsonb, OUT identity_id uuid, OUT fan_id uuid)
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
    fan_id := uuid_of(clock_timestamp(), true);
    INSERT INTO fans (id, agency_id, display_name, language)
        VALUES (fan_id, account.agency_id, sender ->> 'display_name', sender ->> 'language');
    INSERT INTO identities AS i (id, agency_id, fan_id, platform, handle, username, display_name)
        VALUES (uuid_of(clock_timestamp(), true), account.agency_id, fan_id, account.platform, sender ->> 'handle',
                sender ->> 'username', sender ->> 'display_name')
        ON CONFLICT (agency_id, platform, handle) DO NOTHING RETURNING i.id INTO identity_id;
    IF identity_id IS NULL THEN  -- another batch made the same fan a moment ago
        DELETE FROM fans f WHERE f.id = ingest_identity.fan_id;
        SELECT i.id, i.fan_id INTO identity_id, fan_id FROM identities i
            WHERE i.agency_id = account.agency_id AND i.platform = account.platform AND i.handle = sender ->> 'handle';
    END IF;
END $$;

DROP FUNCTION ingest_conversation(accounts, jsonb);
CREATE FUNCTION ingest_conversation(account accounts, event jsonb) RETURNS uuid
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    who record;
    chat uuid;
BEGIN
    who := ingest_identity(account, event);
    SELECT c.id INTO chat FROM conversations c WHERE c.identity_id = who.identity_id AND c.account_id = account.id
        AND coalesce(c.connection_key, '') = coalesce(event ->> 'connection_key', '');
    IF NOT FOUND THEN
        INSERT INTO conversations AS c (id, agency_id, account_id, influencer_id, identity_id, fan_id, platform_key, connection_key)
            VALUES (uuid_of(clock_timestamp(), true), account.agency_id, account.id, account.influencer_id,
                    who.identity_id, who.fan_id, event ->> 'conversation_key', event ->> 'connection_key')
            ON CONFLICT (identity_id, account_id, coalesce(connection_key, '')) DO UPDATE SET platform_key = excluded.platform_key
            RETURNING c.id INTO chat;
    END IF;
    RETURN chat;
END $$;

-- The whole batch, set by set: raw events, then the chats of those that are new, locked in one order, then messages, then the
-- conversations that they wake, then what else there is. Every array has one place an event; `rests` holds an event that is
-- neither a message nor only kept, and what follows it messages only. Returns, place by place, whether an event was new, its
-- chat and the message that waits for an answer by it; and which chats were woken, to be due in how many seconds.
-- Two batches at once wait for each other in one direction only: events by account and key, then chats by id.
CREATE FUNCTION ingest(
    raw_ids uuid[], account_ids uuid[], event_keys text[], kinds text[], states text[], bodies bytea[], correlation_ids text[],
    quiets_s double precision[], bounds_s double precision[], senders text[], handles text[], chat_keys text[],
    connection_keys text[], rests text[], message_ids uuid[], message_keys text[], message_kinds text[], texts text[],
    group_keys text[], reply_tos text[], sent_ats timestamptz[], media text[],
    OUT fresh boolean[], OUT chats uuid[], OUT messages uuid[], OUT woken uuid[], OUT waits_s real[])
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    size integer := cardinality(raw_ids);
    agencies uuid[];
    written uuid[];
    made uuid[];
    all_made boolean;
    all_reachable boolean;
    place integer;
    account accounts;
    done record;
BEGIN
    -- Which agency, and which chat if we know it.
    SELECT array_agg(a.agency_id ORDER BY e.n), array_agg((
            SELECT c.id FROM conversations c WHERE c.account_id = a.id
                AND coalesce(c.connection_key, '') = coalesce(e.connection_key, '') AND c.identity_id = (
                    SELECT i.id FROM identities i
                        WHERE i.agency_id = a.agency_id AND i.platform = a.platform AND i.handle = e.handle)
        ) ORDER BY e.n) INTO agencies, chats
    FROM unnest(account_ids, handles, connection_keys) WITH ORDINALITY AS e (account_id, handle, connection_key, n)
    JOIN accounts a ON a.id = e.account_id;
    IF cardinality(agencies) IS DISTINCT FROM size THEN
        RAISE EXCEPTION 'ingest: an event names no account' USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF num_nonnulls(VARIADIC rests) > 0 THEN
        FOR place IN SELECT e.n FROM unnest(rests, chat_keys, handles) WITH ORDINALITY AS e (rest, chat_key, handle, n)
                WHERE e.rest IS NOT NULL AND e.chat_key IS NOT NULL AND e.handle IS NULL LOOP
            chats[place] := chat_of(account_ids[place], chat_keys[place]);
        END LOOP;
    END IF;
    -- Every event once.
    WITH new_rows AS (
        INSERT INTO raw_events (id, agency_id, account_id, event_key, kind, state, body, correlation_id, conversation_id)
            SELECT * FROM unnest(raw_ids, agencies, account_ids, event_keys, kinds, states, bodies, correlation_ids, chats)
                AS e (id, agency_id, account_id, event_key, kind, state, body, correlation_id, chat)
            ORDER BY e.account_id, e.event_key
            ON CONFLICT (account_id, event_key) DO NOTHING RETURNING id)
        SELECT array_agg(id) INTO written FROM new_rows;
    IF cardinality(written) = size THEN
        fresh := array_fill(true, ARRAY[size]);
    ELSE
        SELECT array_agg(coalesce(r.id = ANY (written), false) ORDER BY r.n) INTO fresh
            FROM unnest(raw_ids) WITH ORDINALITY AS r (id, n);
    END IF;
    -- Chats of people who are new here.
    FOR place IN SELECT n FROM unnest(fresh, handles, chats, account_ids, connection_keys) WITH ORDINALITY
            AS e (fresh, handle, chat, account_id, connection_key, n)
            WHERE e.fresh AND e.handle IS NOT NULL AND e.chat IS NULL ORDER BY e.account_id, e.handle, e.connection_key, n LOOP
        SELECT * INTO STRICT account FROM accounts a WHERE a.id = account_ids[place];
        chats[place] := ingest_conversation(account, jsonb_build_object('sender', senders[place]::jsonb, 'connection_key',
            connection_keys[place], 'conversation_key', chat_keys[place]));
        UPDATE raw_events SET conversation_id = chats[place] WHERE agency_id = agencies[place] AND id = raw_ids[place];
    END LOOP;
    -- One order of chats, before their messages, as a commit does.
    SELECT bool_and(locked.reachable) INTO all_reachable FROM (
        SELECT c.reachable FROM conversations c
            WHERE c.id IN (SELECT e.chat FROM unnest(chats, fresh) AS e (chat, fresh) WHERE e.fresh)
            ORDER BY c.id FOR NO KEY UPDATE) AS locked;
    WITH new_rows AS (
        INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, meta, platform_message_id,
                              group_key, reply_to, correlation_id, sent_at)
            SELECT e.id, e.agency_id, e.chat, 'in', 'fan', e.kind, e.text,
                   CASE WHEN e.media IS NULL THEN '{}' ELSE jsonb_build_object('media', e.media::jsonb) END, e.key, e.group_key,
                   e.reply_to, e.correlation_id, e.sent_at
            FROM unnest(message_ids, agencies, chats, message_kinds, texts, media, message_keys, group_keys, reply_tos,
                        correlation_ids, sent_ats, fresh) WITH ORDINALITY
                AS e (id, agency_id, chat, kind, text, media, key, group_key, reply_to, correlation_id, sent_at, fresh, n)
            WHERE e.fresh AND e.id IS NOT NULL ORDER BY e.n
            ON CONFLICT (conversation_id, direction, platform_message_id) DO NOTHING RETURNING id)
        SELECT array_agg(id) INTO made FROM new_rows;
    all_made := coalesce(cardinality(made) = size, false);
    messages := message_ids;
    IF NOT all_made THEN
        SELECT array_agg(CASE WHEN e.id = ANY (made) THEN e.id END ORDER BY e.n) INTO messages
            FROM unnest(message_ids) WITH ORDINALITY AS e (id, n);
    END IF;
    -- What woke is due after the quiet time of its last message.
    WITH latest AS (
        SELECT DISTINCT ON (e.chat) e.chat, e.quiet_s, e.bound_s
            FROM unnest(messages, chats, quiets_s, bounds_s) WITH ORDINALITY AS e (id, chat, quiet_s, bound_s, n)
            WHERE e.id IS NOT NULL ORDER BY e.chat, e.n DESC)
    SELECT array_agg(w.chat_id), array_agg(w.wait_s) INTO woken, waits_s
        FROM (SELECT array_agg(chat) AS chats, array_agg(quiet_s) AS quiets_s, array_agg(bound_s) AS bounds_s FROM latest) AS l,
             wake_conversations(l.chats, l.quiets_s, l.bounds_s) AS w;
    IF NOT all_reachable THEN  -- who writes is reachable again, but in chats whose connection ended
        UPDATE conversations c SET reachable = true
            FROM unnest(message_ids, chats, fresh) AS e (id, chat, fresh)
            WHERE e.fresh AND e.id IS NOT NULL AND c.id = e.chat AND NOT c.reachable AND NOT EXISTS (
                SELECT FROM connections k WHERE k.account_id = c.account_id AND k.key = c.connection_key
                    AND NOT (k.enabled AND k.can_reply));
    END IF;
    -- Media, and messages that were announced before they came.
    IF NOT all_made OR num_nonnulls(VARIADIC media) > 0 THEN
        FOR place IN SELECT e.n FROM unnest(message_ids, fresh) WITH ORDINALITY AS e (id, fresh, n)
                WHERE e.fresh AND e.id IS NOT NULL LOOP
            IF messages[place] IS NULL THEN
                PERFORM ingest_original(chats[place], message_keys[place], message_kinds[place], group_keys[place],
                                        reply_tos[place], media[place]::jsonb, sent_ats[place]);
            ELSIF media[place] IS NOT NULL THEN
                PERFORM ingest_media(agencies[place], message_ids[place], media[place]::jsonb);
            END IF;
        END LOOP;
    END IF;
    -- What is no message, in the batch's order.
    FOR place IN SELECT e.n FROM unnest(rests, fresh) WITH ORDINALITY AS e (rest, fresh, n)
            WHERE e.fresh AND e.rest IS NOT NULL ORDER BY e.n LOOP
        SELECT * INTO STRICT account FROM accounts a WHERE a.id = account_ids[place];
        SELECT * INTO done FROM ingest_event(account, rests[place]::jsonb || jsonb_build_object('raw_id', raw_ids[place],
                'correlation_id', correlation_ids[place], 'quiet_s', quiets_s[place], 'quiet_max_s', bounds_s[place]),
            chats[place], EXISTS (
                SELECT FROM unnest(chats, message_ids, fresh) WITH ORDINALITY AS e (chat, id, fresh, n)
                    WHERE e.n > place AND e.chat = chats[place] AND e.id IS NOT NULL AND e.fresh));
        chats[place] := done.chat_id;
        messages[place] := done.message_id;
        IF done.wait_s IS NOT NULL THEN
            woken := woken || done.chat_id;
            waits_s := waits_s || done.wait_s;
        END IF;
        UPDATE raw_events SET conversation_id = done.chat_id, state = done.state
            WHERE agency_id = agencies[place] AND id = raw_ids[place];
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION ingest(uuid[], uuid[], text[], text[], text[], bytea[], text[], double precision[],
    double precision[], text[], text[], text[], text[], text[], uuid[], text[], text[], text[], text[], text[], timestamptz[],
    text[]) TO muse_app;
