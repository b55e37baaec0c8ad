-- One fan on many platforms, and what a fan may ask for: links between fan rows that are one person, codes that prove it,
-- forgetting with what keeps it forgotten, how long an agency keeps what was said.

-- links ---------------------------------------------------------------------------------------------------------------

-- `person_id` joins fan rows that confirmed links make one person; none: a person of one row. Nothing is moved by a link, so
-- that a split is its undoing. `forgotten_at`: the row stands for somebody who was forgotten, for what must be kept.
ALTER TABLE fans ADD COLUMN person_id uuid, ADD COLUMN forgotten_at timestamptz;
CREATE INDEX fans_of_person ON fans (person_id) WHERE person_id IS NOT NULL;

-- `vouched`: handles elsewhere ("telegram:12345") that the platform itself vouches to be the same person's. `link_tries`:
-- wrong codes since a moment.
ALTER TABLE identities
    ADD COLUMN vouched text[] NOT NULL DEFAULT '{}',
    ADD COLUMN link_tries integer NOT NULL DEFAULT 0,
    ADD COLUMN link_tries_since timestamptz;
CREATE INDEX identities_vouched ON identities USING gin (vouched) WHERE vouched <> '{}';

-- Two fan rows are said to be one person: by whom, on what evidence, how surely.
CREATE TABLE links (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    other_fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('proposed', 'confirmed', 'rejected', 'split')),
    way text NOT NULL CHECK (way IN ('operator', 'code', 'handle')),
    evidence text NOT NULL,
    confidence real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    decided_by text,
    decided_at timestamptz,
    ended_by text,
    ended_at timestamptz,
    CHECK (fan_id <> other_fan_id)
);
CREATE UNIQUE INDEX links_open ON links (least(fan_id, other_fan_id), greatest(fan_id, other_fan_id))
    WHERE state IN ('proposed', 'confirmed');
CREATE INDEX ON links (fan_id);
CREATE INDEX ON links (other_fan_id);

-- A code that a fan asked for in one chat and may send in another; only its keyed hash is kept.
CREATE TABLE link_codes (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    digest bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX link_codes_open ON link_codes (agency_id, digest) WHERE used_at IS NULL;
CREATE INDEX ON link_codes (fan_id);

-- forgetting -----------------------------------------------------------------------------------------------------------

-- What keeps the forgotten forgotten: a keyed hash of an identity, a chat or an event, and until which moment its events are
-- dropped. What a fan said to protect others from us, or themselves, outlives them: that they want no messages, that they are
-- under age.
CREATE TABLE tombstones (
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    mark bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('identity', 'chat', 'event')),
    until timestamptz NOT NULL,
    opted_out_at timestamptz,
    minor_signal_at timestamptz,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (agency_id, mark)
);

-- What is gone from the rows and may still lie in an index or among the files: a job makes it true there, `passes` times.
CREATE TABLE pending_deletions (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('vector', 'blob')),
    items text[] NOT NULL,
    passes integer NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON pending_deletions (not_before);

-- How many days an agency keeps what was said and learned; none: for good.
ALTER TABLE agencies
    ADD COLUMN keep_messages_days integer CHECK (keep_messages_days > 0),
    ADD COLUMN keep_episodes_days integer CHECK (keep_episodes_days > 0),
    ADD COLUMN keep_facts_days integer CHECK (keep_facts_days > 0),
    ADD COLUMN keep_media_days integer CHECK (keep_media_days > 0),
    ADD COLUMN keep_traces_days integer CHECK (keep_traces_days > 0);
GRANT UPDATE (keep_messages_days, keep_episodes_days, keep_facts_days, keep_media_days, keep_traces_days) ON agencies TO muse_app;

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['links', 'link_codes', 'tombstones', 'pending_deletions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
    END LOOP;
END $$;
GRANT SELECT (id, agency_id, not_before) ON pending_deletions TO muse_sweep;
CREATE POLICY sweep ON pending_deletions FOR SELECT TO muse_sweep USING (true);

-- The fan rows of a person, that of `fan` among them.
CREATE FUNCTION person_fans(fan uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE
AS $$
    SELECT f.id FROM fans f WHERE f.id = fan
    UNION
    SELECT o.id FROM fans f JOIN fans o ON o.person_id = f.person_id WHERE f.id = fan
$$;

-- Which of some fan rows are one person now, by the confirmed links among them.
CREATE FUNCTION regroup_fans(fans_ uuid[]) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp
AS $$
    WITH RECURSIVE reach (fan, other) AS (
        SELECT f, f FROM unnest(fans_) AS f
        UNION
        SELECT r.fan, CASE WHEN l.fan_id = r.other THEN l.other_fan_id ELSE l.fan_id END
            FROM reach r JOIN links l ON l.state = 'confirmed' AND r.other IN (l.fan_id, l.other_fan_id)
    ), persons AS (
        SELECT fan, CASE WHEN count(*) > 1 THEN (array_agg(other ORDER BY other))[1] END AS person FROM reach GROUP BY fan)
    UPDATE fans f SET person_id = p.person FROM persons p WHERE f.id = p.fan AND f.person_id IS DISTINCT FROM p.person
$$;
GRANT EXECUTE ON FUNCTION person_fans(uuid), regroup_fans(uuid[]) TO muse_app;

-- Everything that is held about some fans, in one transaction: their rows and all that hangs on them, raw events, link evidence.
-- What must be kept (purchases, disclosures) moves to rows that name nobody. The caller has locked the conversations.
-- `marks`, `kinds`, `untils`: the tombstones. `strays`: raw events without a conversation that name a handle of theirs.
CREATE FUNCTION forget_fans(agency uuid, fans_ uuid[], marks bytea[], kinds text[], untils timestamptz[], strays uuid[])
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    fan fans;
    chat conversations;
    shell uuid;
    identity uuid;
    room uuid;
    chats uuid[];
    correlations text[];
    vectors text[];
    blobs text[];
    events bigint;
    kept bigint := 0;
BEGIN
    IF agency IS DISTINCT FROM current_agency() OR EXISTS (SELECT FROM fans f WHERE f.id = ANY (fans_) AND f.agency_id <> agency) THEN
        RAISE EXCEPTION 'forget_fans: another agency' USING ERRCODE = 'insufficient_privilege';
    END IF;
    chats := ARRAY(SELECT c.id FROM conversations c WHERE c.fan_id = ANY (fans_));
    vectors := ARRAY(SELECT f.id::text FROM facts f WHERE f.fan_id = ANY (fans_))
        || ARRAY(SELECT e.id::text FROM episodes e WHERE e.fan_id = ANY (fans_))
        || ARRAY(SELECT e.message_id::text FROM episodes e WHERE e.fan_id = ANY (fans_));
    blobs := ARRAY(SELECT m.blob_key FROM media m JOIN messages s ON s.id = m.message_id
        WHERE s.conversation_id = ANY (chats) AND m.blob_key IS NOT NULL);
    INSERT INTO pending_deletions (id, agency_id, kind, items)
        SELECT uuid_of(clock_timestamp(), true), agency, k.kind, k.items
        FROM (VALUES ('vector', vectors), ('blob', blobs)) AS k (kind, items) WHERE cardinality(k.items) > 0;
    -- Raw events; a body that held events of several people goes from the others' events too.
    correlations := ARRAY(SELECT DISTINCT e.correlation_id FROM raw_events e WHERE e.agency_id = agency
        AND (e.conversation_id = ANY (chats) OR e.id = ANY (strays)));
    DELETE FROM raw_events e WHERE e.agency_id = agency AND (e.conversation_id = ANY (chats) OR e.id = ANY (strays));
    GET DIAGNOSTICS events = ROW_COUNT;
    UPDATE raw_events e SET body = NULL WHERE e.agency_id = agency AND e.correlation_id = ANY (correlations) AND e.body IS NOT NULL;
    -- What is kept names nobody.
    FOR fan IN SELECT * FROM fans f WHERE f.id = ANY (fans_) LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM purchases p WHERE p.fan_id = fan.id) AND NOT EXISTS (
            SELECT FROM disclosures d JOIN conversations c ON c.id = d.conversation_id WHERE c.fan_id = fan.id);
        shell := uuid_of(clock_timestamp(), true);
        INSERT INTO fans (id, agency_id, opted_out_at, minor_signal_at, created_at, forgotten_at)
            VALUES (shell, agency, fan.opted_out_at, fan.minor_signal_at, fan.created_at, clock_timestamp());
        kept := kept + 1;
        FOR chat IN SELECT * FROM conversations c WHERE c.fan_id = fan.id AND (
                EXISTS (SELECT FROM disclosures d WHERE d.conversation_id = c.id)
                OR EXISTS (SELECT FROM offers o JOIN purchases p ON p.offer_id = o.id WHERE o.conversation_id = c.id)) LOOP
            identity := uuid_of(clock_timestamp(), true);
            room := uuid_of(clock_timestamp(), true);
            INSERT INTO identities (id, agency_id, fan_id, platform, handle)
                SELECT identity, agency, shell, i.platform, 'forgotten:' || identity FROM identities i WHERE i.id = chat.identity_id;
            INSERT INTO conversations (id, agency_id, account_id, influencer_id, identity_id, fan_id, platform_key, reachable,
                                       disclosed_at, last_message_at, created_at)
                VALUES (room, agency, chat.account_id, chat.influencer_id, identity, shell, 'forgotten:' || room, false,
                        chat.disclosed_at, 'epoch', chat.created_at);
            UPDATE disclosures d SET conversation_id = room, turn_id = NULL WHERE d.conversation_id = chat.id;
            UPDATE offers o SET conversation_id = room, fan_id = shell, turn_id = NULL WHERE o.conversation_id = chat.id
                AND EXISTS (SELECT FROM purchases p WHERE p.offer_id = o.id);
        END LOOP;
        UPDATE purchases p SET fan_id = shell, event_key = 'forgotten:' || p.id WHERE p.fan_id = fan.id;
    END LOOP;
    INSERT INTO tombstones AS t (agency_id, mark, kind, until, opted_out_at, minor_signal_at)
        SELECT agency, m.mark, m.kind, m.until,
            CASE WHEN m.kind = 'identity' THEN (SELECT max(f.opted_out_at) FROM fans f WHERE f.id = ANY (fans_)) END,
            CASE WHEN m.kind = 'identity' THEN (SELECT min(f.minor_signal_at) FROM fans f WHERE f.id = ANY (fans_)) END
        FROM unnest(marks, kinds, untils) AS m (mark, kind, until)
        ON CONFLICT (agency_id, mark) DO UPDATE SET until = greatest(t.until, excluded.until),
            opted_out_at = excluded.opted_out_at, minor_signal_at = coalesce(excluded.minor_signal_at, t.minor_signal_at);
    DELETE FROM fans f WHERE f.id = ANY (fans_);
    RETURN jsonb_build_object('fans', cardinality(fans_), 'conversations', cardinality(chats), 'events', events,
        'vectors', cardinality(vectors), 'files', cardinality(blobs), 'kept', kept);
END $$;
GRANT EXECUTE ON FUNCTION forget_fans(uuid, uuid[], bytea[], text[], timestamptz[], uuid[]) TO muse_app;

-- What was kept of forgotten people beyond their term: disclosures and opt-outs, and purchases, older than two moments. Returns
-- how many people nothing is left of.
CREATE FUNCTION expire_kept(disclosed_before timestamptz, bought_before timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    gone integer;
BEGIN
    DELETE FROM disclosures d USING conversations c, fans f WHERE d.conversation_id = c.id AND c.fan_id = f.id
        AND f.forgotten_at IS NOT NULL AND d.shown_at < disclosed_before AND d.agency_id = current_agency();
    DELETE FROM purchases p USING fans f WHERE p.fan_id = f.id AND f.forgotten_at IS NOT NULL AND p.purchased_at < bought_before
        AND p.agency_id = current_agency();
    DELETE FROM fans f WHERE f.forgotten_at IS NOT NULL AND f.agency_id = current_agency()
        AND NOT EXISTS (SELECT FROM purchases p WHERE p.fan_id = f.id)
        AND NOT EXISTS (SELECT FROM disclosures d JOIN conversations c ON c.id = d.conversation_id WHERE c.fan_id = f.id);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
GRANT EXECUTE ON FUNCTION expire_kept(timestamptz, timestamptz) TO muse_app;

-- the way in -----------------------------------------------------------------------------------------------------------

-- A platform vouches for a handle elsewhere: said to be one person, for an operator to confirm.
CREATE FUNCTION propose_links(identity uuid) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp
AS $$
    INSERT INTO links (id, agency_id, fan_id, other_fan_id, state, way, evidence, confidence, made_by)
        SELECT uuid_of(clock_timestamp(), true), i.agency_id, least(i.fan_id, o.fan_id), greatest(i.fan_id, o.fan_id), 'proposed',
            'handle', CASE WHEN o.platform || ':' || o.handle = ANY (i.vouched)
                THEN i.platform || ' vouches that its ' || i.handle || ' is ' || o.platform || ':' || o.handle
                ELSE o.platform || ' vouches that its ' || o.handle || ' is ' || i.platform || ':' || i.handle END,
            0.9, 'platform'
        FROM identities i JOIN identities o ON o.agency_id = i.agency_id AND o.fan_id <> i.fan_id
            AND (o.vouched @> ARRAY[i.platform || ':' || i.handle]
                OR (o.platform, o.handle) IN (SELECT split_part(v, ':', 1), substr(v, strpos(v, ':') + 1) FROM unnest(i.vouched) AS v))
        WHERE i.id = identity
        ON CONFLICT DO NOTHING
$$;

-- Whose message it is. A person who is new here becomes a fan; who was forgotten begins anew, and what they said for
-- protection still holds.
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
    INSERT INTO fans (id, agency_id, display_name, language, opted_out_at, minor_signal_at)
        SELECT ingest_identity.fan_id, account.agency_id, sender ->> 'display_name', sender ->> 'language', t.opted_out_at,
            t.minor_signal_at
        FROM (VALUES (1)) AS one LEFT JOIN tombstones t
            ON t.agency_id = account.agency_id AND t.mark = decode(event ->> 'mark', 'hex');
    INSERT INTO identities AS i (id, agency_id, fan_id, platform, handle, username, display_name, vouched)
        VALUES (uuid_of(clock_timestamp(), true), account.agency_id, fan_id, account.platform, sender ->> 'handle',
                sender ->> 'username', sender ->> 'display_name',
                ARRAY(SELECT jsonb_array_elements_text(coalesce(sender -> 'vouched', '[]'))))
        ON CONFLICT (agency_id, platform, handle) DO NOTHING RETURNING i.id INTO identity_id;
    IF identity_id IS NULL THEN  -- another batch made the same fan a moment ago
        DELETE FROM fans f WHERE f.id = ingest_identity.fan_id;
        SELECT i.id, i.fan_id INTO identity_id, fan_id FROM identities i
            WHERE i.agency_id = account.agency_id AND i.platform = account.platform AND i.handle = sender ->> 'handle';
        RETURN;
    END IF;
    PERFORM propose_links(identity_id);
END $$;

-- The batch as in migration 0004, but that nothing is taken which belongs to somebody who was forgotten: `marks` are keyed
-- hashes of who or what an event is of. Such an event counts as known; a refund still reaches its purchase.
DROP FUNCTION ingest(uuid[], uuid[], text[], text[], text[], bytea[], text[], double precision[],
    double precision[], text[], text[], text[], text[], text[], uuid[], text[], text[], text[], text[], text[], timestamptz[],
    text[]);
CREATE FUNCTION ingest(
    raw_ids uuid[], account_ids uuid[], event_keys text[], kinds text[], states text[], bodies bytea[], correlation_ids text[],
    quiets_s double precision[], bounds_s double precision[], senders text[], handles text[], chat_keys text[],
    connection_keys text[], rests text[], message_ids uuid[], message_keys text[], message_kinds text[], texts text[],
    group_keys text[], reply_tos text[], sent_ats timestamptz[], media text[], marks bytea[],
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
    dead integer[];
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
    -- Nothing of who was forgotten.
    IF EXISTS (SELECT FROM tombstones t WHERE t.agency_id = ANY (agencies)) THEN
        SELECT array_agg(e.n) INTO dead FROM unnest(marks, agencies, sent_ats, rests) WITH ORDINALITY
                AS e (mark, agency_id, sent_at, rest, n)
            JOIN tombstones t ON t.agency_id = e.agency_id AND t.mark = e.mark
            WHERE coalesce(e.sent_at, (e.rest::jsonb ->> 'at')::timestamptz, '-infinity') <= t.until;
        FOREACH place IN ARRAY coalesce(dead, '{}') LOOP
            SELECT * INTO STRICT account FROM accounts a WHERE a.id = account_ids[place];
            IF rests[place]::jsonb ->> 'event' = 'refund' THEN
                PERFORM ingest_refund(account, rests[place]::jsonb);
            END IF;
        END LOOP;
    END IF;
    -- Every event once.
    WITH new_rows AS (
        INSERT INTO raw_events (id, agency_id, account_id, event_key, kind, state, body, correlation_id, conversation_id)
            SELECT e.id, e.agency_id, e.account_id, e.event_key, e.kind, e.state, e.body, e.correlation_id, e.chat
            FROM unnest(raw_ids, agencies, account_ids, event_keys, kinds, states, bodies, correlation_ids, chats) WITH ORDINALITY
                AS e (id, agency_id, account_id, event_key, kind, state, body, correlation_id, chat, n)
            WHERE dead IS NULL OR e.n <> ALL (dead)
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
            connection_keys[place], 'conversation_key', chat_keys[place], 'mark', encode(marks[place], 'hex')));
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
    text[], bytea[]) TO muse_app;
