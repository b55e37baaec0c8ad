-- The schema as the migrations make it, for reading. Made by `python -m tests.storage.dump_schema`.

\restrict muse

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;

COMMENT ON EXTENSION vector IS 'vector data type and ivfflat and hnsw access methods';

CREATE TYPE public.outbox_rest AS (
	changed boolean,
	wait_s double precision,
	echoes boolean
);

CREATE TYPE public.outbox_step AS (
	status text,
	wait_s double precision,
	pause_s real,
	account_id uuid,
	chat text,
	echoes boolean,
	id uuid,
	conversation_id uuid,
	message_id uuid,
	turn_id uuid,
	part jsonb,
	attempts integer,
	correlation_id text,
	reachable boolean,
	silent_s double precision,
	age_s double precision,
	claimed_by text,
	offers uuid[]
);

CREATE FUNCTION public.busy_influencers() RETURNS SETOF uuid
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    WITH RECURSIVE busy AS (
        (SELECT c.influencer_id AS id FROM conversations c WHERE c.due_at IS NOT NULL AND c.owner = 'agent'
            ORDER BY c.influencer_id LIMIT 1)
        UNION ALL
        SELECT (SELECT c.influencer_id FROM conversations c WHERE c.due_at IS NOT NULL AND c.owner = 'agent'
                AND c.influencer_id > busy.id ORDER BY c.influencer_id LIMIT 1) FROM busy WHERE busy.id IS NOT NULL)
    SELECT id FROM busy WHERE id IS NOT NULL
$$;

CREATE FUNCTION public.chat_of(account uuid, wanted_key text) RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT c.id FROM conversations c WHERE c.account_id = account AND c.platform_key = wanted_key ORDER BY c.id LIMIT 1
$$;

CREATE FUNCTION public.check_credit_movement() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    IF (SELECT count(*) <> 2 OR sum(amount) <> 0 FROM credit_entries WHERE movement_id = NEW.movement_id) THEN
        RAISE EXCEPTION 'credits: the entries of movement % do not cancel out', NEW.movement_id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.check_post_step() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    IF OLD.state <> NEW.state AND NOT (NEW.state = ANY (CASE OLD.state
            WHEN 'proposed' THEN ARRAY['planned', 'cancelled']
            WHEN 'planned' THEN ARRAY['pending', 'failed', 'cancelled']
            WHEN 'pending' THEN ARRAY['planned', 'publishing', 'failed', 'cancelled']
            WHEN 'publishing' THEN ARRAY['pending', 'published', 'failed', 'unknown']
            WHEN 'unknown' THEN ARRAY['planned', 'published', 'failed']
            WHEN 'failed' THEN ARRAY['planned', 'published']
            ELSE ARRAY[]::text[] END)) THEN
        RAISE EXCEPTION 'posts: a post that is % does not become %', OLD.state, NEW.state;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.check_sold_asset() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    wanted uuid := CASE WHEN TG_TABLE_NAME = 'packs' THEN (to_jsonb(NEW) ->> 'preview_asset_id')::uuid
        ELSE (to_jsonb(NEW) ->> 'asset_id')::uuid END;
BEGIN
    IF EXISTS (SELECT FROM assets a WHERE a.id = wanted AND (a.made_for IS NOT NULL OR a.moderation IN ('held', 'refused'))) THEN
        RAISE EXCEPTION 'a picture that was made for one fan, is held or was refused is in no pack' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.claim_delivery(agency uuid, conversation uuid, worker text, quiet_s double precision, careful boolean) RETURNS public.outbox_step
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    chat conversations;
    head record;
    step outbox_step;
BEGIN
    PERFORM set_config('muse.agency', agency::text, true);
    SELECT * INTO chat FROM conversations c WHERE c.id = conversation FOR NO KEY UPDATE;  -- a take-over comes before or after
    IF NOT FOUND THEN
        step.status := 'none';
        RETURN step;
    END IF;
    UPDATE deliveries d SET state = 'dropped', settled_at = clock_timestamp(), error = 'the conversation changed hands'
        WHERE d.conversation_id = chat.id AND d.state = 'pending' AND NOT (d.owner_epoch = chat.owner_epoch AND CASE d.voice
            WHEN 'agent' THEN chat.owner = 'agent'
            WHEN 'operator' THEN chat.owner <> 'operator' OR chat.owner_name = coalesce(d.operator, chat.owner_name)
            ELSE true END);
    step.status := 'empty';
    step.conversation_id := chat.id;
    step.account_id := chat.account_id;
    step.chat := chat.platform_key;
    step.reachable := chat.reachable;
    step.echoes := EXISTS (SELECT FROM echoes e WHERE e.conversation_id = chat.id AND e.state = 'waiting');
    SELECT d.*, quiet_s IS NOT NULL AND d.state = 'pending' AND d.voice = 'agent' AND NOT d.any_hour AND NOT EXISTS (
            SELECT FROM deliveries begun WHERE begun.turn_id = d.turn_id AND begun.state = 'sent') AS asleep INTO head
        FROM deliveries d WHERE d.conversation_id = chat.id AND d.state IN ('pending', 'sending') ORDER BY asleep, d.seq LIMIT 1;
    IF NOT FOUND THEN
        RETURN step;
    END IF;
    step.id := head.id;
    step.message_id := head.message_id;
    step.turn_id := head.turn_id;
    step.part := head.part;
    step.attempts := head.attempts;
    step.correlation_id := head.correlation_id;
    step.pause_s := head.pause_s;
    step.claimed_by := head.claimed_by;
    step.age_s := extract(epoch FROM clock_timestamp() - head.claimed_at);
    IF head.state = 'sending' THEN
        step.status := 'busy';
        RETURN step;
    END IF;
    IF head.asleep AND worker IS NOT NULL THEN
        UPDATE deliveries d SET not_before = clock_timestamp() + make_interval(secs => quiet_s) WHERE d.id = head.id
            RETURNING d.not_before INTO head.not_before;
    END IF;
    step.wait_s := extract(epoch FROM head.not_before - clock_timestamp());
    IF step.wait_s > 0 THEN
        step.status := 'wait';
        RETURN step;
    END IF;
    step.wait_s := (SELECT extract(epoch FROM a.held_until - clock_timestamp()) FROM accounts a
        WHERE a.id = chat.account_id AND a.held_until > clock_timestamp());
    IF step.wait_s IS NOT NULL THEN
        step.status := 'held';
        RETURN step;
    END IF;
    step.status := 'ready';
    IF worker IS NULL OR step.echoes THEN  -- an echo may say that a person took over: it is settled first
        RETURN step;
    END IF;
    IF careful THEN
        step.offers := ARRAY(SELECT (d.part ->> 'offer_id')::uuid FROM deliveries d
            WHERE d.conversation_id = chat.id AND d.state = 'pending' AND d.part ->> 'part' = 'pack'
                AND d.correlation_id = head.correlation_id AND d.turn_id IS NOT DISTINCT FROM head.turn_id);
        IF cardinality(step.offers) > 0 THEN
            step.status := 'careful';
            RETURN step;
        END IF;
    END IF;
    UPDATE deliveries d SET state = 'sending', attempts = d.attempts + 1, claimed_at = clock_timestamp(), claimed_by = worker
        WHERE d.id = head.id RETURNING d.attempts INTO step.attempts;
    step.status := 'claimed';
    step.silent_s := (SELECT extract(epoch FROM clock_timestamp() - m.received_at) FROM messages m
        WHERE m.conversation_id = chat.id AND m.direction = 'in' ORDER BY m.id DESC LIMIT 1);
    RETURN step;
END $$;

CREATE FUNCTION public.claim_pictures(worker text, lease_s double precision, most integer, warm text[], look_ahead integer, look_ahead_s double precision, ageing_s double precision) RETURNS TABLE(agency_id uuid, id uuid, fence bigint, attempts integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    one record;
    locked image_jobs;
    head image_jobs;
    chosen image_jobs;
    head_class double precision;
    ahead integer := 0;
    room integer := greatest(1, most);
    taken uuid[];
BEGIN
    UPDATE image_jobs j SET state = 'queued', leased_by = NULL, lease_until = NULL, progress = 0
    FROM (SELECT l.id FROM image_jobs l WHERE l.state IN ('painting', 'finishing') AND l.lease_until < moment
        FOR UPDATE SKIP LOCKED) AS lost
    WHERE j.id = lost.id;
    FOR one IN
        WITH RECURSIVE busy AS (
            (SELECT j.influencer_id AS who FROM image_jobs j WHERE j.state = 'queued' ORDER BY j.influencer_id LIMIT 1)
            UNION ALL
            SELECT (SELECT j.influencer_id FROM image_jobs j WHERE j.state = 'queued' AND j.influencer_id > busy.who
                ORDER BY j.influencer_id LIMIT 1) FROM busy WHERE busy.who IS NOT NULL)
        SELECT w.id, w.model, w.class FROM busy
        CROSS JOIN LATERAL (SELECT max(s.started_at) AS at FROM image_jobs s
            WHERE s.influencer_id = busy.who AND s.started_at IS NOT NULL) AS served
        CROSS JOIN LATERAL (
            SELECT q.id, q.model, q.rank_at, greatest(0, ceil(extract(epoch FROM q.rank_at - moment)::float8 / ageing_s)) AS class,
                row_number() OVER (ORDER BY q.rank_at, q.id) AS place
            FROM image_jobs q WHERE q.influencer_id = busy.who AND q.state = 'queued' AND q.keyed AND q.not_before <= moment
            ORDER BY q.rank_at, q.id LIMIT greatest(0, look_ahead) + 16) AS w  -- more than wanted: another may lock some just now
        WHERE busy.who IS NOT NULL
        ORDER BY w.class, w.place, served.at NULLS FIRST, w.rank_at, w.id
        LIMIT greatest(0, look_ahead) + 64
    LOOP
        IF head.id IS NOT NULL THEN
            ahead := ahead + 1;
            EXIT WHEN ahead > look_ahead OR one.class > head_class;
            CONTINUE WHEN one.model <> ALL (warm);
        END IF;
        SELECT * INTO locked FROM image_jobs j WHERE j.id = one.id AND j.state = 'queued' FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        IF head.id IS NOT NULL THEN
            chosen := locked;
            room := least(room, look_ahead - head.overtaken);
            EXIT;
        END IF;
        head := locked;
        head_class := one.class;
        EXIT WHEN cardinality(warm) = 0 OR head.model = ANY (warm) OR head.overtaken >= look_ahead
            OR head.overtaken_at < moment - make_interval(secs => look_ahead_s);
    END LOOP;
    IF head.id IS NULL THEN
        RETURN;
    END IF;
    IF chosen.id IS NULL THEN
        chosen := head;
    END IF;
    taken := ARRAY[chosen.id];
    IF chosen.attempts = 0 AND room > 1 THEN
        taken := taken || ARRAY(SELECT m.id FROM image_jobs m
            WHERE m.batch_key = chosen.batch_key AND m.state = 'queued' AND m.id <> chosen.id AND m.attempts = 0
                AND m.not_before <= moment
            ORDER BY m.rank_at, m.id LIMIT room - 1 FOR UPDATE SKIP LOCKED);
    END IF;
    IF chosen.id <> head.id THEN
        UPDATE image_jobs j SET overtaken = j.overtaken + cardinality(taken), overtaken_at = coalesce(j.overtaken_at, moment)
            WHERE j.id = head.id;
    END IF;
    RETURN QUERY
    UPDATE image_jobs j SET state = 'painting', fence = j.fence + 1, attempts = j.attempts + 1, leased_by = worker,
        lease_until = clock_timestamp() + make_interval(secs => lease_s), started_at = clock_timestamp(), progress = 0
    WHERE j.id = ANY (taken)
    RETURNING j.agency_id, j.id, j.fence, j.attempts;
END $$;

CREATE FUNCTION public.claim_turns(worker text, lease_s double precision, turn_ids uuid[], per_influencer integer, ahead boolean) RETURNS TABLE(agency_id uuid, conversation_id uuid, turn_id uuid, fence bigint, attempts integer, wait_s double precision)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    WITH ready AS (
        SELECT c.id, c.due_at, held.turns + row_number() OVER (PARTITION BY i.id ORDER BY c.due_at) AS place
        FROM busy_influencers() AS busy (id) JOIN influencers i ON i.id = busy.id
        CROSS JOIN LATERAL (SELECT count(*) AS turns FROM conversations l
            WHERE l.influencer_id = i.id AND l.leased_by IS NOT NULL AND l.lease_until > moment) AS held
        CROSS JOIN LATERAL (SELECT w.id, w.due_at FROM conversations w
            WHERE w.influencer_id = i.id AND w.due_at IS NOT NULL AND w.owner = 'agent'
                AND (w.lease_until IS NULL OR w.lease_until <= moment)
                AND w.due_at <= CASE WHEN ahead AND i.think_ahead THEN 'infinity' ELSE moment END
                AND (w.due_at <= moment OR w.attempts = 0)  -- what failed waits its time
            ORDER BY w.due_at LIMIT 2 * cardinality(turn_ids) + 8) AS c  -- more than wanted: another may lock some just now
    ), taken AS (
        SELECT c.id FROM conversations c JOIN ready r ON r.id = c.id AND r.place <= per_influencer
        WHERE c.due_at IS NOT NULL AND c.owner = 'agent' AND (c.lease_until IS NULL OR c.lease_until <= moment)
        ORDER BY r.place, r.due_at LIMIT cardinality(turn_ids) FOR UPDATE OF c SKIP LOCKED
    ), numbered AS (
        SELECT t.id, row_number() OVER () AS n FROM taken t
    )
    UPDATE conversations c SET fence = c.fence + 1, attempts = c.attempts + 1, leased_by = worker,
        lease_until = clock_timestamp() + make_interval(secs => lease_s)
    FROM numbered
    WHERE c.id = numbered.id AND c.due_at IS NOT NULL AND c.owner = 'agent' AND (c.lease_until IS NULL OR c.lease_until <= moment)
    RETURNING c.agency_id, c.id, turn_ids[numbered.n], c.fence, c.attempts,
        extract(epoch FROM c.due_at - clock_timestamp())::double precision;
    RETURN QUERY
    SELECT NULL::uuid, NULL::uuid, NULL::uuid, NULL::bigint, NULL::integer,
        extract(epoch FROM min(waiting.due_at) - clock_timestamp())::double precision
    FROM busy_influencers() AS busy (id)
    CROSS JOIN LATERAL (SELECT w.due_at FROM conversations w
        WHERE w.influencer_id = busy.id AND w.due_at IS NOT NULL AND w.owner = 'agent'
            AND (w.lease_until IS NULL OR w.lease_until <= moment) ORDER BY w.due_at LIMIT 1) AS waiting
    WHERE (SELECT count(*) FROM conversations l WHERE l.influencer_id = busy.id AND l.leased_by IS NOT NULL
        AND l.lease_until > moment) < per_influencer;
END $$;

CREATE FUNCTION public.close_chat_of_connection() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    NEW.reachable := NEW.reachable AND NOT EXISTS (SELECT FROM connections c WHERE c.account_id = NEW.account_id
        AND c.key = NEW.connection_key AND NOT (c.enabled AND c.can_reply));
    RETURN NEW;
END $$;

CREATE FUNCTION public.commit_turn(agency uuid, plan jsonb) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    state text;
BEGIN
    PERFORM set_config('muse.agency', agency::text, true);
    state := open_turn(plan);
    IF state <> 'held' THEN
        RETURN state;
    END IF;
    RETURN CASE WHEN write_turn(plan) THEN 'waiting' ELSE 'done' END;
END $$;

CREATE FUNCTION public.count_rules() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO policy_counts AS c (agency_id, month, rule, pack, part)
        SELECT DISTINCT NEW.agency_id, date_trunc('month', NEW.committed_at AT TIME ZONE 'UTC')::date, fired,
            coalesce(nullif(NEW.trace ->> 'pack', ''), 'strictest'), ('x' || left(md5(NEW.id::text), 1))::bit(4)::integer
        FROM jsonb_array_elements_text(NEW.trace -> 'rules') AS fired ORDER BY fired
    ON CONFLICT (agency_id, month, rule, pack, part) DO UPDATE SET times = c.times + 1;
    RETURN NULL;
END $$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.credit_accounts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid,
    kind text NOT NULL,
    balance bigint DEFAULT 0 NOT NULL,
    active boolean DEFAULT true NOT NULL,
    CONSTRAINT credit_accounts_check CHECK (((kind = ANY (ARRAY['outside'::text, 'grant'::text])) = (influencer_id IS NULL))),
    CONSTRAINT credit_accounts_check1 CHECK (((balance >= 0) OR (kind = 'outside'::text))),
    CONSTRAINT credit_accounts_kind_check CHECK ((kind = ANY (ARRAY['outside'::text, 'grant'::text, 'quota'::text, 'reserved'::text, 'spent'::text])))
);

CREATE FUNCTION public.credit_place(what text, who uuid) RETURNS public.credit_accounts
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    place credit_accounts;
BEGIN
    INSERT INTO credit_accounts (agency_id, influencer_id, kind, active) VALUES (current_agency(), who, what, what <> 'quota')
        ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT place FROM credit_accounts a
        WHERE a.agency_id = current_agency() AND a.kind = what AND a.influencer_id IS NOT DISTINCT FROM who;
    RETURN place;
END $$;

CREATE FUNCTION public.credit_source(who uuid) RETURNS public.credit_accounts
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    place credit_accounts;
BEGIN
    SELECT * INTO place FROM credit_accounts a WHERE a.agency_id = current_agency()
        AND ((a.kind = 'quota' AND a.active AND a.influencer_id = who) OR a.kind = 'grant') ORDER BY a.kind DESC LIMIT 1;
    RETURN CASE WHEN FOUND THEN place ELSE credit_place('outside', NULL) END;
END $$;

CREATE FUNCTION public.current_agency() RETURNS uuid
    LANGUAGE sql STABLE
    RETURN (NULLIF(current_setting('muse.agency'::text, true), ''::text))::uuid;

CREATE FUNCTION public.drop_asset_files() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    gone text[] := ARRAY[OLD.blob_key];
BEGIN
    IF TG_TABLE_NAME = 'assets' THEN
        gone := gone || OLD.thumbnail_key;
    END IF;
    gone := ARRAY(SELECT k FROM unnest(gone) AS k WHERE (k LIKE 'made/%' OR k LIKE 'variants/%')
        AND NOT EXISTS (SELECT FROM assets a WHERE a.blob_key = k OR a.thumbnail_key = k)
        AND NOT EXISTS (SELECT FROM asset_variants v WHERE v.blob_key = k));
    IF cardinality(gone) > 0 AND EXISTS (SELECT FROM agencies a WHERE a.id = OLD.agency_id) THEN
        INSERT INTO pending_deletions (id, agency_id, kind, items)
            VALUES (uuid_of(clock_timestamp(), true), OLD.agency_id, 'blob', gone);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.drop_picture() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    DELETE FROM assets a WHERE a.id = OLD.asset_id AND a.made_for IS NOT NULL
        AND NOT EXISTS (SELECT FROM image_jobs j WHERE j.asset_id = a.id);
    RETURN NULL;
END $$;

CREATE FUNCTION public.drop_stale_summaries() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public'
    AS $$
BEGIN
    DELETE FROM summaries WHERE conversation_id = NEW.conversation_id AND upto_message_id >= NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION public.drop_summaries_of_deleted() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public'
    AS $$
BEGIN
    DELETE FROM summaries WHERE conversation_id = OLD.conversation_id AND upto_message_id >= OLD.id;
    RETURN NULL;
END $$;

CREATE TABLE public.conversations (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    account_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    identity_id uuid NOT NULL,
    fan_id uuid NOT NULL,
    platform_key text NOT NULL,
    reachable boolean DEFAULT true NOT NULL,
    owner text DEFAULT 'agent'::text NOT NULL,
    owner_name text,
    owner_epoch bigint DEFAULT 1 NOT NULL,
    due_at timestamp with time zone,
    first_unanswered_at timestamp with time zone,
    lease_until timestamp with time zone,
    leased_by text,
    fence bigint DEFAULT 0 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    disclosed_at timestamp with time zone,
    waiting_sent_at timestamp with time zone,
    last_message_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    connection_key text,
    revision bigint DEFAULT 0 NOT NULL,
    persona_version_id uuid,
    noticed_at timestamp with time zone,
    CONSTRAINT conversations_check CHECK (((owner = 'operator'::text) = (owner_name IS NOT NULL))),
    CONSTRAINT conversations_owner_check CHECK ((owner = ANY (ARRAY['agent'::text, 'operator'::text, 'paused'::text])))
);

CREATE FUNCTION public.due_after(chat public.conversations, quiet_s double precision, quiet_max_s double precision) RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$
    SELECT CASE WHEN chat.owner <> 'agent' THEN NULL
        WHEN chat.lease_until > clock_timestamp() AND chat.due_at <= clock_timestamp() THEN chat.due_at
        WHEN chat.lease_until IS NULL AND chat.attempts > 0 AND chat.due_at > clock_timestamp() THEN chat.due_at  -- it failed, and rests
        ELSE least(coalesce(chat.first_unanswered_at, clock_timestamp()) + make_interval(secs => quiet_max_s),
                   clock_timestamp() + make_interval(secs => quiet_s)) END
$$;

CREATE FUNCTION public.expire_kept(disclosed_before timestamp with time zone, bought_before timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.find_account(wanted_platform text, wanted_key text) RETURNS TABLE(agency_id uuid, account_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT a.agency_id, a.id FROM accounts a WHERE a.platform = wanted_platform AND a.key = wanted_key AND a.active
$$;

CREATE FUNCTION public.find_agency(wanted_slug text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT a.id FROM agencies a WHERE a.slug = wanted_slug
$$;

CREATE FUNCTION public.find_operator(wanted_sha256 bytea) RETURNS TABLE(agency_id uuid, operator_id uuid, name text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT o.agency_id, o.id, o.name FROM operators o WHERE o.token_sha256 = wanted_sha256
$$;

CREATE FUNCTION public.find_pictures(agency uuid, influencer uuid, words text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT p.asset_id FROM pictures p
    WHERE p.search @@ websearch_to_tsquery('english', words) AND (influencer IS NULL OR p.influencer_id = influencer)
        AND p.agency_id = agency AND agency = current_agency()
$$;

CREATE FUNCTION public.forget_fans(agency uuid, fans_ uuid[], marks bytea[], kinds text[], untils timestamp with time zone[], strays uuid[]) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.forget_words() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        DELETE FROM episodes WHERE message_id = NEW.id;
    ELSIF NEW.text IS DISTINCT FROM OLD.text THEN
        NEW.remembered_at := NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.grant_credits(new_id uuid, what text, amount bigint, new_key text, who text, why text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    outside credit_accounts := credit_place('outside', NULL);
    inside credit_accounts := credit_place('grant', NULL);
BEGIN
    IF amount > 0 THEN
        RETURN move_credits(new_id, what, new_key, outside.id, inside.id, amount, NULL, who, why);
    END IF;
    RETURN move_credits(new_id, 'withdrawal', new_key, inside.id, outside.id, -amount, NULL, who, why);
END $$;

CREATE FUNCTION public.ingest(raw_ids uuid[], account_ids uuid[], event_keys text[], kinds text[], states text[], bodies bytea[], correlation_ids text[], quiets_s double precision[], bounds_s double precision[], senders text[], handles text[], chat_keys text[], connection_keys text[], rests text[], message_ids uuid[], message_keys text[], message_kinds text[], texts text[], group_keys text[], reply_tos text[], sent_ats timestamp with time zone[], media text[], marks bytea[], OUT fresh boolean[], OUT chats uuid[], OUT messages uuid[], OUT woken uuid[], OUT waits_s real[]) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
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

CREATE TABLE public.accounts (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    platform text NOT NULL,
    key text NOT NULL,
    inbound text NOT NULL,
    sandbox boolean DEFAULT false NOT NULL,
    autonomy text DEFAULT 'auto'::text NOT NULL,
    quiet_s real,
    options jsonb DEFAULT '{}'::jsonb NOT NULL,
    poll_cursor text,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    held_until timestamp with time zone,
    held_reason text,
    CONSTRAINT accounts_autonomy_check CHECK ((autonomy = ANY (ARRAY['auto'::text, 'approve'::text, 'risk'::text, 'off'::text]))),
    CONSTRAINT accounts_inbound_check CHECK ((inbound = ANY (ARRAY['webhook'::text, 'polling'::text, 'page'::text])))
);

CREATE FUNCTION public.ingest_aside(account public.accounts, known uuid, event jsonb) RETURNS public.conversations
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.ingest_connection(account public.accounts, event jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.ingest_conversation(account public.accounts, event jsonb) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.ingest_delete(account public.accounts, chat public.conversations, event jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.ingest_edit(account public.accounts, chat public.conversations, event jsonb) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.ingest_event(account public.accounts, event jsonb, known uuid, written_later boolean, OUT state text, OUT chat_id uuid, OUT message_id uuid, OUT wait_s real) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.ingest_identity(account public.accounts, event jsonb, OUT identity_id uuid, OUT fan_id uuid) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.ingest_media(agency uuid, message uuid, media jsonb) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    INSERT INTO media (id, agency_id, message_id, kind, file_id, announced_mime, announced_bytes)
        SELECT (m ->> 'id')::uuid, agency, message, m ->> 'kind', m ->> 'file_id', m ->> 'mime', (m ->> 'bytes')::bigint
        FROM jsonb_array_elements(media) AS m
$$;

CREATE FUNCTION public.ingest_original(chat uuid, message_key text, kind_ text, group_key_ text, reply_to_ text, media_ jsonb, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.ingest_purchase(account public.accounts, chat public.conversations, event jsonb) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    offer offers;
    bought text;
    back text;
BEGIN
    SELECT * INTO offer FROM offers o
        WHERE o.payload = event ->> 'payload' AND o.agency_id = account.agency_id AND o.fan_id = chat.fan_id;
    IF NOT FOUND OR ((event ->> 'sandbox')::boolean AND NOT account.sandbox)
            OR (event #>> '{paid,amount}')::numeric <> offer.amount OR event #>> '{paid,unit}' <> offer.unit THEN
        RETURN NULL;
    END IF;
    -- Two payments of one person are looked at one after the other, in whichever of their chats.
    PERFORM pg_advisory_xact_lock(hashtextextended(
        (SELECT coalesce(f.person_id, f.id)::text FROM fans f WHERE f.id = offer.fan_id), 19));
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
    IF EXISTS (SELECT FROM holdings h WHERE h.offer_id <> offer.id AND h.fan_id IN (SELECT person_fans(offer.fan_id))
            AND h.pack_id IN (SELECT k.pack_id FROM packs_of_offer(offer.id) k)) THEN
        back := 'The fan owned it already.';
    ELSIF EXISTS (SELECT FROM fans f WHERE f.id IN (SELECT person_fans(offer.fan_id)) AND f.minor_signal_at IS NOT NULL) THEN
        back := 'The fan may be under age.';
    ELSIF NOT redeem_promos(offer) THEN
        back := 'The promo that it was offered under was over.';
    END IF;
    IF back IS NOT NULL THEN
        INSERT INTO refund_orders (purchase_id, agency_id, ordered_by, reason)
            VALUES ((event ->> 'purchase_id')::uuid, account.agency_id, 'muse', back);
        RETURN '00000000-0000-0000-0000-000000000000';
    END IF;
    IF (event ->> 'hand_over')::boolean THEN
        INSERT INTO handovers (purchase_id, agency_id, conversation_id, correlation_id)
            VALUES ((event ->> 'purchase_id')::uuid, account.agency_id, chat.id, event ->> 'correlation_id');
    END IF;
    SELECT string_agg(p.title, ' + ' ORDER BY k.place, p.title) INTO bought
        FROM packs_of_offer(offer.id) k JOIN packs p ON p.id = k.pack_id;
    INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, meta, platform_message_id, correlation_id, sent_at)
        VALUES ((event ->> 'message_id')::uuid, account.agency_id, chat.id, 'in', 'fan', 'purchase', bought,
                jsonb_build_object('offer_id', offer.id, 'pack_id', offer.pack_id, 'title', bought),
                'purchase:' || offer.id, event ->> 'correlation_id', (event ->> 'at')::timestamptz);
    RETURN (event ->> 'message_id')::uuid;
END $$;

CREATE FUNCTION public.ingest_refund(account public.accounts, event jsonb) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.keep_doubt() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.state := 'unknown';
    NEW.error := 'An earlier try may have arrived; it is not repeated: ' || coalesce(NEW.error, 'given up');
    RETURN NEW;
END $$;

CREATE FUNCTION public.keep_leases(kept uuid[], fences bigint[], lease_s double precision) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    WITH held AS (  -- locked in one order, as the ingress does
        SELECT c.id FROM conversations c JOIN unnest(kept, fences) AS h (id, fence) ON c.id = h.id AND c.fence = h.fence
        ORDER BY c.id FOR NO KEY UPDATE OF c)
    UPDATE conversations c SET lease_until = clock_timestamp() + make_interval(secs => lease_s)
    FROM held
    WHERE c.id = held.id AND c.owner = 'agent' AND c.lease_until > clock_timestamp()
    RETURNING c.id
$$;

CREATE FUNCTION public.keep_pictures(kept uuid[], fences bigint[], shares real[], lease_s double precision) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    UPDATE image_jobs j SET lease_until = clock_timestamp() + make_interval(secs => lease_s),
        progress = greatest(j.progress, h.share)
    FROM unnest(kept, fences, shares) AS h (id, fence, share)
    WHERE j.id = h.id AND j.fence = h.fence AND j.state IN ('painting', 'finishing') AND j.lease_until > clock_timestamp()
    RETURNING j.id
$$;

CREATE FUNCTION public.move_credits(new_id uuid, what text, new_key text, source uuid, target uuid, amount bigint, job uuid, who text, why text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    place credit_accounts;
BEGIN
    PERFORM FROM credit_accounts a WHERE a.id IN (source, target) ORDER BY a.id FOR UPDATE;
    IF EXISTS (SELECT FROM credit_movements m WHERE m.agency_id = current_agency() AND m.key = new_key) THEN
        RETURN 'known';
    END IF;
    SELECT * INTO STRICT place FROM credit_accounts a WHERE a.id = source;
    IF place.kind <> 'outside' AND place.balance < amount THEN
        RETURN 'short';
    END IF;
    INSERT INTO credit_movements (id, agency_id, kind, key, job_id, made_by, note)
        VALUES (new_id, current_agency(), what, new_key, job, who, why);
    INSERT INTO credit_entries (movement_id, account_id, agency_id, amount)
        VALUES (new_id, source, current_agency(), -amount), (new_id, target, current_agency(), amount);
    UPDATE credit_accounts a SET balance = a.balance + CASE WHEN a.id = source THEN -amount ELSE amount END
        WHERE a.id IN (source, target);
    RETURN 'moved';
END $$;

CREATE FUNCTION public.note_leftover() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO leftovers (id, agency_id, tier) VALUES (OLD.id, OLD.agency_id, TG_TABLE_NAME) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION public.note_move() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO leftovers (id, agency_id, tier) VALUES (OLD.id, OLD.agency_id, TG_TABLE_NAME) ON CONFLICT DO NOTHING;
    NEW.indexed_at := NULL;
    RETURN NEW;
END $$;

CREATE FUNCTION public.open_turn(plan jsonb) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    chat conversations;
    state text;
BEGIN
    SELECT * INTO chat FROM conversations c WHERE c.id = (plan ->> 'conversation_id')::uuid FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'lost';
    END IF;
    state := turn_state(chat.id, (plan ->> 'fence')::bigint, ARRAY(SELECT jsonb_array_elements_text(plan -> 'burst'))::uuid[],
        (plan ->> 'revision')::bigint, (plan ->> 'interrupts')::boolean, (plan ->> 'cut')::boolean, (plan ->> 'final')::boolean);
    IF state = 'held' THEN
        INSERT INTO turns (id, agency_id, conversation_id, persona_version_id, fence, verdict, reason, brain, trace, correlation_id)
            VALUES ((plan ->> 'turn_id')::uuid, chat.agency_id, chat.id, (plan ->> 'persona_version_id')::uuid,
                    (plan ->> 'fence')::bigint, plan ->> 'verdict', plan ->> 'reason', plan ->> 'brain', plan -> 'trace',
                    plan ->> 'correlation_id');
    END IF;
    RETURN state;
END $$;

CREATE FUNCTION public.owns_pack(pack uuid, fan uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    WITH held AS MATERIALIZED (SELECT h.pack_id FROM holdings h WHERE h.fan_id = ANY (ARRAY(SELECT person_fans(fan))))
    SELECT EXISTS (SELECT FROM held WHERE pack_id = pack) OR (EXISTS (SELECT FROM held)
        AND EXISTS (SELECT FROM pack_items i WHERE i.pack_id = pack)
        AND NOT EXISTS (SELECT FROM pack_items i WHERE i.pack_id = pack AND NOT EXISTS (
            SELECT FROM pack_items j JOIN held ON held.pack_id = j.pack_id WHERE j.asset_id = i.asset_id)))
$$;

CREATE FUNCTION public.packs_of_offer(offer uuid) RETURNS TABLE(pack_id uuid, place integer)
    LANGUAGE sql STABLE
    AS $$
    SELECT o.pack_id, 0 FROM offers o WHERE o.id = offer UNION ALL SELECT k.pack_id, 1 FROM offer_packs k WHERE k.offer_id = offer
$$;

CREATE FUNCTION public.person_fans(fan uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE
    AS $$
    SELECT f.id FROM fans f WHERE f.id = fan
    UNION
    SELECT o.id FROM fans f JOIN fans o ON o.person_id = f.person_id WHERE f.id = fan
$$;

CREATE FUNCTION public.place_of(fan uuid) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (fan = '00000000-0000-0000-0000-000000000000'::uuid) THEN '-1'::integer ELSE (((((get_byte(sha256(uuid_send(fan)), 0) & 127) << 24) | (get_byte(sha256(uuid_send(fan)), 1) << 16)) | (get_byte(sha256(uuid_send(fan)), 2) << 8)) | get_byte(sha256(uuid_send(fan)), 3)) END;

CREATE FUNCTION public.promo_free(promo uuid, by_code uuid, fan uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    WITH person AS MATERIALIZED (SELECT person_fans(fan) AS id),
    uses AS MATERIALIZED (
        SELECT u.code_id, u.redeemed_at IS NOT NULL AS redeemed, o.fan_id IN (SELECT id FROM person) AS own
        FROM promo_uses u JOIN offers o ON o.id = u.offer_id WHERE u.promo_id = promo
            AND (u.redeemed_at IS NOT NULL OR u.hold_until > clock_timestamp() - interval '1 minute'))
    SELECT (p.total IS NULL OR (SELECT count(*) FROM uses WHERE redeemed OR NOT own) < p.total)
        AND (SELECT count(*) FROM uses WHERE redeemed AND own) < p.per_fan
        AND (by_code IS NULL OR EXISTS (SELECT FROM promo_codes c WHERE c.id = by_code AND c.promo_id = p.id
            AND (c.fan_id IS NULL OR c.fan_id IN (SELECT id FROM person))
            AND NOT (c.once AND EXISTS (SELECT FROM uses WHERE code_id = c.id AND (redeemed OR NOT own)))))
    FROM promos p WHERE p.id = promo
$$;

CREATE TABLE public.promos (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    slug text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    way text DEFAULT 'code'::text NOT NULL,
    percent integer,
    amount bigint,
    unit text,
    take integer,
    "least" bigint,
    per_fan integer DEFAULT 1 NOT NULL,
    total integer,
    platforms text[] DEFAULT '{}'::text[] NOT NULL,
    stacks boolean DEFAULT false NOT NULL,
    starts_at timestamp with time zone DEFAULT now() NOT NULL,
    ends_at timestamp with time zone,
    hold_s integer DEFAULT 3600 NOT NULL,
    made_by text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT promos_amount_check CHECK ((amount > 0)),
    CONSTRAINT promos_hold_s_check CHECK (((hold_s >= 60) AND (hold_s <= 604800))),
    CONSTRAINT promos_kind_check CHECK ((kind = ANY (ARRAY['percentage'::text, 'fixed'::text, 'bundle'::text, 'trial'::text]))),
    CONSTRAINT promos_least_check CHECK (("least" > 0)),
    CONSTRAINT promos_per_fan_check CHECK ((per_fan > 0)),
    CONSTRAINT promos_percent_check CHECK (((percent >= 1) AND (percent <= 99))),
    CONSTRAINT promos_take_check CHECK (((take >= 2) AND (take <= 10))),
    CONSTRAINT promos_total_check CHECK ((total > 0)),
    CONSTRAINT promos_way_check CHECK ((way = ANY (ARRAY['code'::text, 'asked'::text, 'always'::text])))
);

CREATE FUNCTION public.promo_stands(promo public.promos, by_code uuid, fan uuid, platform text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT promo.starts_at <= clock_timestamp() AND (promo.ends_at IS NULL OR promo.ends_at > clock_timestamp())
        AND (cardinality(promo.platforms) = 0 OR platform = ANY (promo.platforms))
        AND (promo.way <> 'code' OR by_code IS NOT NULL)
        AND NOT (promo.kind = 'trial' AND EXISTS (SELECT FROM purchases b JOIN packs p ON p.id = b.pack_id
            WHERE p.influencer_id = promo.influencer_id AND b.fan_id IN (SELECT person_fans(fan))))
        AND promo_free(promo.id, by_code, fan)
$$;

CREATE FUNCTION public.propose_links(identity uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.put_agency(new_id uuid, wanted_slug text, wanted_name text) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    INSERT INTO agencies (id, slug, name) VALUES (new_id, wanted_slug, wanted_name)
    ON CONFLICT (slug) DO UPDATE SET slug = excluded.slug RETURNING id
$$;

CREATE TABLE public.offers (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    pack_id uuid NOT NULL,
    fan_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    turn_id uuid,
    amount bigint NOT NULL,
    unit text NOT NULL,
    payload text NOT NULL,
    offered_at timestamp with time zone DEFAULT now() NOT NULL,
    list_amount bigint,
    CONSTRAINT offers_check CHECK ((list_amount > amount))
);

CREATE FUNCTION public.redeem_promos(offer public.offers) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    use promo_uses;
    promo promos;
BEGIN
    FOR use IN SELECT * FROM promo_uses u WHERE u.offer_id = offer.id ORDER BY u.promo_id LOOP
        SELECT * INTO promo FROM promos p WHERE p.id = use.promo_id;
        IF promo.kind = 'trial' AND EXISTS (
                SELECT FROM promo_uses u JOIN promos p ON p.id = u.promo_id JOIN offers o ON o.id = u.offer_id
                WHERE p.kind = 'trial' AND p.influencer_id = promo.influencer_id AND u.redeemed_at IS NOT NULL
                    AND o.fan_id IN (SELECT person_fans(offer.fan_id)) AND o.id <> offer.id) THEN
            RETURN false;
        END IF;
        PERFORM FROM promos p WHERE p.id = use.promo_id FOR UPDATE;
        IF (use.hold_until <= clock_timestamp() AND promo.ends_at <= clock_timestamp())
                OR NOT promo_free(use.promo_id, use.code_id, offer.fan_id) THEN
            RETURN false;
        END IF;
    END LOOP;
    UPDATE promo_uses SET redeemed_at = clock_timestamp() WHERE offer_id = offer.id;
    RETURN true;
END $$;

CREATE FUNCTION public.regroup_fans(fans_ uuid[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
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

CREATE FUNCTION public.reserve_credits(new_id uuid, who uuid, amount bigint, job uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    source credit_accounts;
    target credit_accounts;
    became text;
BEGIN
    IF NOT EXISTS (SELECT FROM influencers i WHERE i.id = who AND i.agency_id = current_agency()) THEN
        RETURN 'nobody';
    END IF;
    source := credit_source(who);
    target := credit_place('reserved', who);
    became := move_credits(new_id, 'reserve', 'reserve:' || job, source.id, target.id, amount, job, 'job', '');
    RETURN CASE WHEN became <> 'short' THEN became WHEN source.kind = 'quota' THEN 'influencer' ELSE 'agency' END;
END $$;

CREATE FUNCTION public.rest_turn(conversation uuid, token bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM FROM conversations WHERE id = conversation FOR UPDATE;
    UPDATE conversations c SET lease_until = NULL, leased_by = NULL, attempts = 0,
        due_at = CASE WHEN rest.waiting AND c.owner = 'agent' THEN coalesce(c.due_at, clock_timestamp()) END,
        first_unanswered_at = CASE WHEN rest.waiting THEN c.first_unanswered_at END
    FROM (SELECT EXISTS (SELECT FROM messages m WHERE m.conversation_id = conversation AND m.direction = 'in'
        AND m.answered_at IS NULL AND m.deleted_at IS NULL) AS waiting) AS rest
    WHERE c.id = conversation AND c.fence = token AND c.leased_by IS NOT NULL;
    RETURN FOUND;
END $$;

CREATE FUNCTION public.revise_conversation(conversation uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    UPDATE conversations c SET revision = c.revision + 1,
        due_at = CASE WHEN rest.waiting OR c.lease_until > clock_timestamp() THEN c.due_at END,
        first_unanswered_at = CASE WHEN rest.waiting THEN c.first_unanswered_at END
    FROM (SELECT EXISTS (SELECT FROM messages m WHERE m.conversation_id = conversation AND m.direction = 'in'
        AND m.answered_at IS NULL AND m.deleted_at IS NULL) AS waiting) AS rest
    WHERE c.id = conversation
$$;

CREATE FUNCTION public.say_parts(conversation uuid, turn uuid, correlation text, said_at timestamp with time zone, speaker text, parts jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    chat conversations;
BEGIN
    SELECT * INTO STRICT chat FROM conversations c WHERE c.id = conversation;
    INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, meta, correlation_id, turn_id, sent_at)
        SELECT (p ->> 'message_id')::uuid, chat.agency_id, chat.id, 'out', p ->> 'author', p ->> 'kind', p ->> 'text', p -> 'meta',
            correlation, turn, said_at
        FROM jsonb_array_elements(parts) AS p;
    INSERT INTO deliveries (id, agency_id, conversation_id, message_id, turn_id, part, owner_epoch, correlation_id, voice,
                            not_before, pause_s, operator, any_hour)
        SELECT (p ->> 'delivery_id')::uuid, chat.agency_id, chat.id, (p ->> 'message_id')::uuid, turn, p -> 'part', chat.owner_epoch,
            correlation, whose.voice, clock_timestamp() + make_interval(secs => (p ->> 'wait_s')::float8), (p ->> 'pause_s')::real,
            speaker, (p ->> 'any_hour')::boolean OR whose.voice <> 'agent'
        FROM jsonb_array_elements(parts) WITH ORDINALITY AS e (p, n),
            LATERAL (SELECT CASE WHEN speaker IS NOT NULL OR p ->> 'author' = 'operator' THEN 'operator'
                WHEN p ->> 'author' = 'agent' AND chat.owner = 'agent' THEN 'agent' ELSE 'house' END AS voice) AS whose
        ORDER BY e.n;
END $$;

CREATE FUNCTION public.set_credit_quota(new_id uuid, who uuid, wanted bigint, maker text, why text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    pool credit_accounts;
    quota credit_accounts;
    more bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM influencers i WHERE i.id = who AND i.agency_id = current_agency()) THEN
        RETURN 'nobody';
    END IF;
    SELECT * INTO pool FROM credit_accounts a WHERE a.agency_id = current_agency() AND a.kind = 'grant';
    IF NOT FOUND THEN
        pool := credit_place('outside', NULL);
    END IF;
    quota := credit_place('quota', who);
    PERFORM FROM credit_accounts a WHERE a.id IN (pool.id, quota.id) ORDER BY a.id FOR UPDATE;
    SELECT * INTO STRICT quota FROM credit_accounts a WHERE a.id = quota.id;
    more := coalesce(wanted, 0) - quota.balance;
    IF more > 0 AND move_credits(new_id, 'quota', 'quota:' || new_id, pool.id, quota.id, more, NULL, maker, why) = 'short' THEN
        RETURN 'short';
    END IF;
    IF more < 0 THEN
        PERFORM move_credits(new_id, 'quota', 'quota:' || new_id, quota.id, pool.id, -more, NULL, maker, why);
    END IF;
    UPDATE credit_accounts a SET active = wanted IS NOT NULL WHERE a.id = quota.id;
    RETURN CASE WHEN more = 0 THEN 'known' ELSE 'moved' END;
END $$;

CREATE FUNCTION public.settle_credits(new_id uuid, job uuid, spend boolean) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    source credit_accounts;
    held credit_accounts;
    target credit_accounts;
    cost bigint;
BEGIN
    SELECT e.amount INTO cost FROM credit_movements m JOIN credit_entries e ON e.movement_id = m.id
        WHERE m.agency_id = current_agency() AND m.key = 'reserve:' || job AND e.amount > 0;
    IF NOT FOUND THEN
        RETURN 'nothing';
    END IF;
    SELECT a.* INTO STRICT held FROM credit_movements m JOIN credit_entries e ON e.movement_id = m.id
        JOIN credit_accounts a ON a.id = e.account_id
        WHERE m.agency_id = current_agency() AND m.key = 'reserve:' || job AND e.amount > 0;
    SELECT a.* INTO STRICT source FROM credit_movements m JOIN credit_entries e ON e.movement_id = m.id
        JOIN credit_accounts a ON a.id = e.account_id
        WHERE m.agency_id = current_agency() AND m.key = 'reserve:' || job AND e.amount < 0;
    IF spend THEN
        target := credit_place('spent', held.influencer_id);
    ELSIF source.kind = 'quota' AND NOT source.active THEN
        target := credit_source(held.influencer_id);
    ELSE
        target := source;
    END IF;
    RETURN move_credits(new_id, CASE WHEN spend THEN 'spend' ELSE 'give_back' END, 'settle:' || job, held.id, target.id, cost, job,
                        'job', '');
END $$;

CREATE FUNCTION public.settle_delivery(agency uuid, delivery uuid, outcome text, attempt integer, platform_ids_ text[], after_s double precision, counted boolean, error_class_ text, error_ text) RETURNS public.outbox_rest
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    one deliveries;
    rest outbox_rest;
BEGIN
    PERFORM set_config('muse.agency', agency::text, true);
    SELECT * INTO one FROM deliveries d WHERE d.id = delivery FOR NO KEY UPDATE;
    rest.changed := CASE WHEN outcome = 'sent' THEN one.state IN ('sending', 'unknown') OR (one.state = 'pending' AND one.attempts > 0)
        ELSE one.state = 'sending' AND one.attempts = coalesce(attempt, one.attempts) END;
    IF rest.changed IS NOT TRUE THEN
        rest.changed := false;
    ELSIF outcome = 'sent' THEN
        UPDATE deliveries d SET state = 'sent', platform_ids = platform_ids_, settled_at = clock_timestamp(), error = NULL,
            error_class = NULL WHERE d.id = one.id;
        IF cardinality(platform_ids_) > 0 THEN
            UPDATE messages m SET platform_message_id = platform_ids_[1] WHERE m.id = one.message_id AND NOT EXISTS (
                SELECT FROM messages other WHERE other.conversation_id = one.conversation_id AND other.direction = 'out'
                    AND other.platform_message_id = platform_ids_[1]);
        END IF;
        IF one.state = 'unknown' THEN  -- given up meanwhile, and its reply with it
            UPDATE deliveries d SET state = 'pending', error = NULL, not_before = clock_timestamp() FROM conversations c
                WHERE d.conversation_id = one.conversation_id AND d.correlation_id = one.correlation_id
                    AND d.turn_id IS NOT DISTINCT FROM one.turn_id AND d.state = 'stopped'
                    AND c.id = d.conversation_id AND c.owner_epoch = d.owner_epoch;
        END IF;
        UPDATE deliveries d SET not_before = clock_timestamp() + make_interval(secs => d.pause_s)
            WHERE d.pause_s > 0 AND d.id = (SELECT after.id FROM deliveries after WHERE after.conversation_id = one.conversation_id
                AND after.state = 'pending' AND after.correlation_id = one.correlation_id
                AND after.turn_id IS NOT DISTINCT FROM one.turn_id ORDER BY after.seq LIMIT 1);
        UPDATE accounts a SET held_until = NULL, held_reason = NULL FROM conversations c
            WHERE c.id = one.conversation_id AND a.id = c.account_id AND a.held_reason IS NOT NULL;
    ELSIF outcome IN ('retry', 'held') THEN
        UPDATE deliveries d SET state = 'pending', error_class = error_class_, error = error_,
            attempts = d.attempts - CASE WHEN counted THEN 0 ELSE 1 END,
            not_before = clock_timestamp() + make_interval(secs => CASE outcome WHEN 'held' THEN 0 ELSE after_s END)
            WHERE d.id = one.id;
        IF outcome = 'held' THEN
            UPDATE accounts a SET held_reason = error_, held_until = clock_timestamp() + make_interval(secs => after_s)
                FROM conversations c WHERE c.id = one.conversation_id AND a.id = c.account_id;
        END IF;
    ELSE
        IF outcome = 'unreachable' THEN  -- the conversation before the rest of its deliveries, as a claim does
            UPDATE conversations c SET reachable = false WHERE c.id = one.conversation_id;
        END IF;
        UPDATE deliveries d SET state = CASE outcome WHEN 'unknown' THEN 'unknown' ELSE 'not_sent' END, error_class = error_class_,
            error = error_, settled_at = clock_timestamp() WHERE d.id = one.id;
        UPDATE deliveries d SET state = 'stopped', error = 'an earlier part of this reply did not surely arrive'
            WHERE d.conversation_id = one.conversation_id AND d.correlation_id = one.correlation_id
                AND d.turn_id IS NOT DISTINCT FROM one.turn_id AND d.state = 'pending';
    END IF;
    rest.wait_s := (SELECT greatest(0, extract(epoch FROM d.not_before - clock_timestamp())) FROM deliveries d
        WHERE d.conversation_id = one.conversation_id AND d.state IN ('pending', 'sending') ORDER BY d.seq LIMIT 1);
    rest.echoes := EXISTS (SELECT FROM echoes e WHERE e.conversation_id = one.conversation_id AND e.state = 'waiting');
    RETURN rest;
END $$;

CREATE TABLE public.connections (
    account_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    key text NOT NULL,
    handle text NOT NULL,
    enabled boolean NOT NULL,
    can_reply boolean NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

CREATE FUNCTION public.stays_local(chat public.conversations) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    RETURN (((chat).connection_key IS NOT NULL) AND (NOT (EXISTS (SELECT FROM (public.connections c JOIN public.accounts a ON ((a.id = c.account_id))) WHERE ((c.account_id = (stays_local.chat).account_id) AND (c.key = (stays_local.chat).connection_key) AND ((a.options -> 'business_authorised'::text) ? c.handle))))));

CREATE FUNCTION public.tag_conversation() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO tags (conversation_id, tag, agency_id, last_at)
        SELECT DISTINCT NEW.conversation_id, intent, NEW.agency_id, NEW.committed_at
        FROM jsonb_array_elements_text(NEW.trace -> 'intents') AS intent WHERE intent <> 'other' ORDER BY intent
    ON CONFLICT (conversation_id, tag) DO UPDATE SET times = tags.times + 1, last_at = excluded.last_at;
    RETURN NULL;
END $$;

CREATE FUNCTION public.turn_state(conversation uuid, token bigint, burst uuid[], read_revision bigint, interrupts boolean, cut boolean, final boolean) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT CASE
        WHEN c.fence <> token OR c.owner <> 'agent' OR c.lease_until IS NULL OR c.lease_until <= clock_timestamp() THEN 'lost'
        WHEN final THEN 'held'
        WHEN c.revision <> read_revision THEN 'stale'
        WHEN cut THEN 'held'
        WHEN EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.answered_at IS NULL
            AND m.deleted_at IS NULL AND (interrupts OR m.received_at <= c.due_at) AND m.id <> ALL (burst)) THEN 'stale'
        ELSE 'held' END
    FROM conversations c WHERE c.id = conversation
$$;

CREATE FUNCTION public.uuid_of(moment timestamp with time zone, chance boolean) RETURNS uuid
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '7'
        || CASE WHEN chance THEN substr(replace(gen_random_uuid()::text, '-', ''), 14) ELSE '0008000000000000000' END)::uuid
$$;

CREATE FUNCTION public.wake_asleep(older_s double precision) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    woken integer;
BEGIN
    WITH asleep AS (
        SELECT c.id FROM conversations c
        WHERE c.owner = 'agent' AND c.due_at IS NULL AND (c.lease_until IS NULL OR c.lease_until <= clock_timestamp())
            AND c.id IN (SELECT m.conversation_id FROM messages m WHERE m.direction = 'in' AND m.answered_at IS NULL
                AND m.deleted_at IS NULL AND m.received_at < clock_timestamp() - make_interval(secs => older_s))
        ORDER BY c.id LIMIT 500 FOR UPDATE SKIP LOCKED)
    UPDATE conversations c SET due_at = clock_timestamp() FROM asleep WHERE c.id = asleep.id;
    GET DIAGNOSTICS woken = ROW_COUNT;
    RETURN woken;
END $$;

CREATE FUNCTION public.wake_conversation(conversation uuid, quiet_s double precision, quiet_max_s double precision) RETURNS real
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT w.wait_s FROM wake_conversations(ARRAY[conversation], ARRAY[quiet_s], ARRAY[quiet_max_s]) AS w
$$;

CREATE FUNCTION public.wake_conversations(chats uuid[], quiets_s double precision[], bounds_s double precision[]) RETURNS TABLE(chat_id uuid, wait_s real)
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    RETURN QUERY UPDATE conversations c SET
        last_message_at = greatest(c.last_message_at, clock_timestamp()),
        due_at = due_after(c, w.quiet_s, w.bound_s),
        first_unanswered_at = coalesce(c.first_unanswered_at, clock_timestamp())
    FROM unnest(chats, quiets_s, bounds_s) AS w (chat, quiet_s, bound_s) WHERE c.id = w.chat
    RETURNING c.id, extract(epoch FROM c.due_at - clock_timestamp())::real;
END $$;

CREATE FUNCTION public.write_turn(plan jsonb) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    chat conversations;
    burst uuid[] := ARRAY(SELECT jsonb_array_elements_text(plan -> 'burst'));
    turn uuid := (plan ->> 'turn_id')::uuid;
    answered integer;
    waiting boolean;
BEGIN
    SELECT * INTO STRICT chat FROM conversations c WHERE c.id = (plan ->> 'conversation_id')::uuid;
    UPDATE messages SET answered_by = turn, answered_at = clock_timestamp() WHERE id = ANY (burst) AND answered_at IS NULL;
    GET DIAGNOSTICS answered = ROW_COUNT;
    IF answered <> cardinality(burst) THEN
        RAISE SQLSTATE 'MU001' USING MESSAGE = 'a message of this turn was answered by another';
    END IF;
    IF (plan ->> 'ignores')::boolean THEN  -- what came after the turn was due is not answered by itself
        UPDATE messages SET answered_by = turn, answered_at = clock_timestamp() WHERE conversation_id = chat.id AND direction = 'in'
            AND answered_at IS NULL AND deleted_at IS NULL AND received_at > chat.due_at AND kind <> 'purchase';
    END IF;
    IF plan -> 'draft' <> 'null' THEN
        INSERT INTO drafts (id, agency_id, conversation_id, turn_id, reason, parts, effects)
            VALUES ((plan #>> '{draft,id}')::uuid, chat.agency_id, chat.id, turn, plan ->> 'reason', plan #> '{draft,parts}',
                    plan #> '{draft,effects}');
    END IF;
    IF NOT (plan ->> 'daily')::boolean OR coalesce(chat.waiting_sent_at <= clock_timestamp() - interval '1 day', true) THEN
        IF jsonb_array_length(plan -> 'parts') > 0 THEN
            PERFORM say_parts(chat.id, turn, plan ->> 'correlation_id', (plan ->> 'said_at')::timestamptz, NULL, plan -> 'parts');
        END IF;
        IF (plan ->> 'daily')::boolean THEN
            UPDATE conversations SET waiting_sent_at = clock_timestamp() WHERE id = chat.id;
        END IF;
    END IF;
    waiting := EXISTS (SELECT FROM messages m WHERE m.conversation_id = chat.id AND m.direction = 'in' AND m.answered_at IS NULL
        AND m.deleted_at IS NULL);
    UPDATE conversations c SET lease_until = NULL, leased_by = NULL, attempts = 0, last_error = NULL,
        first_unanswered_at = CASE WHEN waiting THEN clock_timestamp() END,
        due_at = CASE WHEN waiting AND c.owner = 'agent' THEN clock_timestamp() + make_interval(secs => (plan ->> 'quiet_s')::float8) END
    WHERE c.id = chat.id;
    RETURN waiting;
END $$;

CREATE TABLE public.account_secrets (
    account_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    name text NOT NULL,
    sealed bytea NOT NULL
);

CREATE TABLE public.agencies (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    region text DEFAULT 'strictest'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    events_trimmed_to uuid,
    keep_messages_days integer,
    keep_episodes_days integer,
    keep_facts_days integer,
    keep_media_days integer,
    keep_traces_days integer,
    caps jsonb,
    CONSTRAINT agencies_keep_episodes_days_check CHECK ((keep_episodes_days > 0)),
    CONSTRAINT agencies_keep_facts_days_check CHECK ((keep_facts_days > 0)),
    CONSTRAINT agencies_keep_media_days_check CHECK ((keep_media_days > 0)),
    CONSTRAINT agencies_keep_messages_days_check CHECK ((keep_messages_days > 0)),
    CONSTRAINT agencies_keep_traces_days_check CHECK ((keep_traces_days > 0))
);

CREATE TABLE public.album_pictures (
    album_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    added_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.albums (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.asset_variants (
    asset_id uuid NOT NULL,
    platform text NOT NULL,
    agency_id uuid NOT NULL,
    blob_key text NOT NULL,
    sha256 bytea NOT NULL,
    mime text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    bytes bigint NOT NULL,
    marks text[] DEFAULT '{}'::text[] NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.assets (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    blob_key text NOT NULL,
    sha256 bytea NOT NULL,
    mime text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    bytes bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    made_by_ai boolean DEFAULT false NOT NULL,
    marks text[] DEFAULT '{}'::text[] NOT NULL,
    thumbnail_key text,
    moderation text DEFAULT 'unneeded'::text NOT NULL,
    reasons text[] DEFAULT '{}'::text[] NOT NULL,
    judged_by text,
    judged_at timestamp with time zone,
    job_id uuid,
    model text,
    made_at timestamp with time zone,
    made_for uuid,
    CONSTRAINT assets_check CHECK (((NOT made_by_ai) OR ((moderation <> 'unneeded'::text) AND (model IS NOT NULL) AND (made_at IS NOT NULL)))),
    CONSTRAINT assets_moderation_check CHECK ((moderation = ANY (ARRAY['unneeded'::text, 'passed'::text, 'held'::text, 'refused'::text])))
);

CREATE TABLE public.cards (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    persona_version_id uuid NOT NULL,
    spec text NOT NULL,
    container text NOT NULL,
    blob_key text NOT NULL,
    sha256 bytea NOT NULL,
    size bigint NOT NULL,
    losses jsonb DEFAULT '[]'::jsonb NOT NULL,
    imported_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT cards_container_check CHECK ((container = ANY (ARRAY['json'::text, 'png'::text, 'charx'::text]))),
    CONSTRAINT cards_spec_check CHECK ((spec = ANY (ARRAY['v1'::text, 'v2'::text, 'v3'::text, 'eliza'::text])))
);

CREATE TABLE public.checkouts (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    account_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    query_key text NOT NULL,
    payload text NOT NULL,
    amount bigint NOT NULL,
    unit text NOT NULL,
    asked_at timestamp with time zone DEFAULT now() NOT NULL,
    answered_at timestamp with time zone,
    accepted boolean,
    reason text
);

CREATE TABLE public.credit_entries (
    movement_id uuid NOT NULL,
    account_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT credit_entries_amount_check CHECK ((amount <> 0))
);

CREATE TABLE public.credit_movements (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    job_id uuid,
    made_by text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT credit_movements_kind_check CHECK ((kind = ANY (ARRAY['grant'::text, 'top_up'::text, 'withdrawal'::text, 'quota'::text, 'reserve'::text, 'spend'::text, 'give_back'::text])))
);

CREATE TABLE public.credit_secrets (
    agency_id uuid NOT NULL,
    name text NOT NULL,
    sealed bytea NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.deliveries (
    id uuid NOT NULL,
    seq bigint NOT NULL,
    agency_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    message_id uuid NOT NULL,
    turn_id uuid,
    part jsonb NOT NULL,
    owner_epoch bigint NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    claimed_at timestamp with time zone,
    claimed_by text,
    platform_ids text[] DEFAULT '{}'::text[] NOT NULL,
    error_class text,
    error text,
    correlation_id text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    settled_at timestamp with time zone,
    voice text DEFAULT 'agent'::text NOT NULL,
    operator text,
    any_hour boolean DEFAULT false NOT NULL,
    pause_s real DEFAULT 0 NOT NULL,
    CONSTRAINT deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sending'::text, 'sent'::text, 'not_sent'::text, 'unknown'::text, 'stopped'::text, 'dropped'::text]))),
    CONSTRAINT deliveries_voice_check CHECK ((voice = ANY (ARRAY['agent'::text, 'operator'::text, 'house'::text])))
);

ALTER TABLE public.deliveries ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.deliveries_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.disclosures (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    turn_id uuid,
    wording text NOT NULL,
    region text NOT NULL,
    shown_at timestamp with time zone DEFAULT now() NOT NULL,
    occasion text DEFAULT 'first'::text NOT NULL,
    wording_key text DEFAULT 'notice'::text NOT NULL,
    platform text DEFAULT ''::text NOT NULL,
    CONSTRAINT disclosures_occasion_check CHECK ((occasion = ANY (ARRAY['first'::text, 'again'::text, 'asked'::text])))
);

CREATE TABLE public.drafts (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    turn_id uuid NOT NULL,
    reason text NOT NULL,
    parts jsonb NOT NULL,
    effects jsonb NOT NULL,
    state text DEFAULT 'held'::text NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT drafts_state_check CHECK ((state = ANY (ARRAY['held'::text, 'approved'::text, 'edited'::text, 'rejected'::text])))
);

CREATE TABLE public.echoes (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    platform_message_id text NOT NULL,
    text text NOT NULL,
    ours boolean,
    at timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    correlation_id text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT echoes_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'matched'::text, 'foreign'::text])))
);

CREATE TABLE public.embedders (
    agency_id uuid NOT NULL,
    embedder text NOT NULL,
    model text NOT NULL,
    previous text,
    switched_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.episodes (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    fan_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    message_id uuid NOT NULL,
    author text NOT NULL,
    text text NOT NULL,
    said_at timestamp with time zone NOT NULL,
    dictionary regconfig DEFAULT 'english'::regconfig NOT NULL,
    embedder text,
    embedding public.halfvec,
    indexed_at timestamp with time zone,
    next_embedder text,
    next_embedding public.halfvec,
    place integer GENERATED ALWAYS AS (public.place_of(fan_id)) STORED NOT NULL,
    speaker text DEFAULT ''::text NOT NULL,
    search tsvector GENERATED ALWAYS AS (to_tsvector(dictionary,
CASE
    WHEN (speaker = ''::text) THEN text
    ELSE substr(text, (length(speaker) + 3))
END)) STORED,
    piece smallint DEFAULT 0 NOT NULL,
    CONSTRAINT episodes_author_check CHECK ((author = ANY (ARRAY['fan'::text, 'agent'::text, 'operator'::text])))
);

CREATE TABLE public.facts (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    fan_id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    source_message_ids uuid[] NOT NULL,
    importance real NOT NULL,
    confidence real NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    learned_at timestamp with time zone DEFAULT now() NOT NULL,
    retracted_at timestamp with time zone,
    superseded_by uuid,
    seen integer DEFAULT 1 NOT NULL,
    embedder text,
    embedding public.halfvec,
    indexed_at timestamp with time zone,
    standing boolean DEFAULT false NOT NULL,
    made_by text DEFAULT 'rules'::text NOT NULL,
    retracted_by text,
    dictionary regconfig DEFAULT 'english'::regconfig NOT NULL,
    search tsvector GENERATED ALWAYS AS (to_tsvector(dictionary, ((((kind || ' '::text) || subject) || ' '::text) || text))) STORED,
    next_embedder text,
    next_embedding public.halfvec,
    place integer GENERATED ALWAYS AS (public.place_of(fan_id)) STORED NOT NULL,
    CONSTRAINT facts_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT facts_importance_check CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision)))
);

CREATE TABLE public.fans (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    display_name text,
    language text,
    adult_confirmed_at timestamp with time zone,
    minor_signal_at timestamp with time zone,
    opted_out_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    person_id uuid,
    forgotten_at timestamp with time zone,
    region text
);

CREATE TABLE public.handovers (
    purchase_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    correlation_id text NOT NULL,
    looked_at timestamp with time zone,
    CONSTRAINT handovers_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'leaving'::text, 'done'::text, 'withdrawn'::text])))
);

CREATE TABLE public.offer_packs (
    offer_id uuid NOT NULL,
    pack_id uuid NOT NULL,
    agency_id uuid NOT NULL
);

CREATE TABLE public.purchases (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    pack_id uuid NOT NULL,
    fan_id uuid NOT NULL,
    account_id uuid NOT NULL,
    event_key text NOT NULL,
    charge_key text,
    amount bigint NOT NULL,
    unit text NOT NULL,
    sandbox boolean NOT NULL,
    purchased_at timestamp with time zone NOT NULL
);

CREATE TABLE public.refunds (
    purchase_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    refunded_at timestamp with time zone NOT NULL,
    refunded_by text NOT NULL
);

CREATE VIEW public.holdings WITH (security_invoker='true') AS
 SELECT p.id,
    p.agency_id,
    p.offer_id,
    p.pack_id,
    p.fan_id,
    p.account_id,
    p.event_key,
    p.charge_key,
    p.amount,
    p.unit,
    p.sandbox,
    p.purchased_at
   FROM public.purchases p
  WHERE (NOT (EXISTS ( SELECT
           FROM public.refunds r
          WHERE (r.purchase_id = p.id))))
UNION ALL
 SELECT p.id,
    p.agency_id,
    p.offer_id,
    k.pack_id,
    p.fan_id,
    p.account_id,
    p.event_key,
    p.charge_key,
    p.amount,
    p.unit,
    p.sandbox,
    p.purchased_at
   FROM (public.purchases p
     JOIN public.offer_packs k ON ((k.offer_id = p.offer_id)))
  WHERE (NOT (EXISTS ( SELECT
           FROM public.refunds r
          WHERE (r.purchase_id = p.id))));

CREATE TABLE public.identities (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    fan_id uuid NOT NULL,
    platform text NOT NULL,
    handle text NOT NULL,
    username text,
    display_name text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    vouched text[] DEFAULT '{}'::text[] NOT NULL,
    link_tries integer DEFAULT 0 NOT NULL,
    link_tries_since timestamp with time zone
);

CREATE TABLE public.image_jobs (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    source text NOT NULL,
    conversation_id uuid,
    turn_id uuid,
    fan_id uuid,
    ordered_by text,
    wish jsonb NOT NULL,
    request jsonb NOT NULL,
    model text NOT NULL,
    batch_key text,
    keyed boolean GENERATED ALWAYS AS ((batch_key IS NOT NULL)) STORED NOT NULL,
    adult_ok boolean DEFAULT false NOT NULL,
    cost integer NOT NULL,
    priority integer NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    progress real DEFAULT 0 NOT NULL,
    error text,
    error_class text,
    judged jsonb,
    attempts integer DEFAULT 0 NOT NULL,
    overtaken integer DEFAULT 0 NOT NULL,
    overtaken_at timestamp with time zone,
    not_before timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    leased_by text,
    lease_until timestamp with time zone,
    fence bigint DEFAULT 0 NOT NULL,
    asset_id uuid,
    seconds real,
    message_id uuid,
    owed_at timestamp with time zone,
    correlation_id text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    rank_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    waits_told_at timestamp with time zone,
    CONSTRAINT image_jobs_cost_check CHECK ((cost >= 0)),
    CONSTRAINT image_jobs_priority_check CHECK (((priority >= 0) AND (priority <= 2))),
    CONSTRAINT image_jobs_source_check CHECK ((source = ANY (ARRAY['chat'::text, 'calendar'::text, 'terminal'::text, 'api'::text]))),
    CONSTRAINT image_jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'painting'::text, 'finishing'::text, 'held'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);

CREATE TABLE public.influencers (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    persona_version_id uuid,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    think_ahead boolean DEFAULT true NOT NULL
);

CREATE TABLE public.leftovers (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    tier text NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT leftovers_tier_check CHECK ((tier = ANY (ARRAY['facts'::text, 'episodes'::text])))
);

CREATE TABLE public.link_codes (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    fan_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    digest bytea NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE public.links (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    fan_id uuid NOT NULL,
    other_fan_id uuid NOT NULL,
    state text NOT NULL,
    way text NOT NULL,
    evidence text NOT NULL,
    confidence real NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    ended_by text,
    ended_at timestamp with time zone,
    CONSTRAINT links_check CHECK ((fan_id <> other_fan_id)),
    CONSTRAINT links_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT links_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'confirmed'::text, 'rejected'::text, 'split'::text]))),
    CONSTRAINT links_way_check CHECK ((way = ANY (ARRAY['operator'::text, 'code'::text, 'handle'::text])))
);

CREATE TABLE public.media (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    message_id uuid NOT NULL,
    kind text NOT NULL,
    file_id text NOT NULL,
    announced_mime text,
    announced_bytes bigint,
    state text DEFAULT 'waiting'::text NOT NULL,
    reason text,
    attempts integer DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    mime text,
    bytes bigint,
    blob_key text,
    CONSTRAINT media_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'stored'::text, 'refused'::text])))
);

CREATE TABLE public.messages (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    direction text NOT NULL,
    author text NOT NULL,
    kind text NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    meta jsonb DEFAULT '{}'::jsonb NOT NULL,
    platform_message_id text,
    group_key text,
    reply_to text,
    correlation_id text NOT NULL,
    answered_at timestamp with time zone,
    answered_by uuid,
    turn_id uuid,
    sent_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    edited_at timestamp with time zone,
    deleted_at timestamp with time zone,
    remembered_at timestamp with time zone,
    CONSTRAINT messages_author_check CHECK ((author = ANY (ARRAY['fan'::text, 'agent'::text, 'operator'::text, 'system'::text]))),
    CONSTRAINT messages_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT messages_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'media'::text, 'command'::text, 'purchase'::text, 'pack'::text, 'notice'::text])))
);

CREATE TABLE public.operators (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    name text NOT NULL,
    token_sha256 bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.pack_items (
    pack_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    "position" integer NOT NULL
);

CREATE TABLE public.pack_prices (
    pack_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    platform text NOT NULL,
    amount bigint NOT NULL,
    unit text NOT NULL,
    CONSTRAINT pack_prices_amount_check CHECK ((amount > 0))
);

CREATE TABLE public.packs (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    slug text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    preview_asset_id uuid,
    embedder text,
    embedding public.halfvec,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    rating text DEFAULT 'sfw'::text NOT NULL,
    CONSTRAINT packs_rating_check CHECK ((rating = ANY (ARRAY['sfw'::text, 'suggestive'::text, 'adult'::text])))
);

CREATE TABLE public.pending_deletions (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    kind text NOT NULL,
    items text[] NOT NULL,
    passes integer DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pending_deletions_kind_check CHECK ((kind = ANY (ARRAY['vector'::text, 'blob'::text])))
);

CREATE TABLE public.persona_uses (
    id uuid NOT NULL,
    seq bigint NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    persona_version_id uuid NOT NULL,
    made_by text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.persona_uses ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.persona_uses_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.persona_versions (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    version integer NOT NULL,
    document jsonb NOT NULL,
    checksum text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    made_by text DEFAULT 'library'::text NOT NULL,
    note text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.picture_references (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    sha256 bytea,
    mime text,
    weight real DEFAULT 0.6 NOT NULL,
    label text DEFAULT ''::text NOT NULL,
    ground text NOT NULL,
    owner_name text,
    document text,
    attested_by text NOT NULL,
    attested_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by text,
    revoked_because text,
    CONSTRAINT consent_is_documented CHECK (((ground <> 'consenting_adult_owner'::text) OR ((owner_name IS NOT NULL) AND (document IS NOT NULL)))),
    CONSTRAINT drawings_are_drawn CHECK (((ground = 'drawn'::text) = (kind = ANY (ARRAY['mask'::text, 'pose'::text])))),
    CONSTRAINT picture_references_ground_check CHECK ((ground = ANY (ARRAY['generated'::text, 'consenting_adult_owner'::text, 'drawn'::text]))),
    CONSTRAINT picture_references_kind_check CHECK ((kind = ANY (ARRAY['face'::text, 'lora'::text, 'mask'::text, 'pose'::text]))),
    CONSTRAINT picture_references_weight_check CHECK (((weight >= (0)::double precision) AND (weight <= (2)::double precision)))
);

CREATE TABLE public.pictures (
    asset_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    prompt text NOT NULL,
    wish text DEFAULT ''::text NOT NULL,
    category text NOT NULL,
    scene text DEFAULT ''::text NOT NULL,
    outfit text DEFAULT ''::text NOT NULL,
    shape text NOT NULL,
    model text NOT NULL,
    seed bigint DEFAULT 0 NOT NULL,
    likeness real,
    favourite boolean DEFAULT false NOT NULL,
    made_at timestamp with time zone NOT NULL,
    search tsvector GENERATED ALWAYS AS (to_tsvector('english'::regconfig, ((((((((prompt || ' '::text) || wish) || ' '::text) || category) || ' '::text) || scene) || ' '::text) || outfit))) STORED,
    CONSTRAINT pictures_shape_check CHECK ((shape = ANY (ARRAY['portrait'::text, 'square'::text, 'landscape'::text])))
);

CREATE TABLE public.policy_counts (
    agency_id uuid NOT NULL,
    month date NOT NULL,
    rule text NOT NULL,
    pack text NOT NULL,
    part integer NOT NULL,
    times bigint DEFAULT 1 NOT NULL,
    CONSTRAINT policy_counts_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
    CONSTRAINT policy_counts_part_check CHECK (((part >= 0) AND (part <= 15))),
    CONSTRAINT policy_counts_times_check CHECK ((times > 0))
);

CREATE TABLE public.post_places (
    account_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    target text NOT NULL
);

CREATE TABLE public.post_series (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    account_id uuid NOT NULL,
    rule jsonb NOT NULL,
    anchor_at timestamp without time zone NOT NULL,
    zone text NOT NULL,
    target text DEFAULT ''::text NOT NULL,
    caption text DEFAULT ''::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    made_by_ai boolean DEFAULT false NOT NULL,
    asset_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    late_s integer DEFAULT 21600 NOT NULL,
    slot integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    active boolean DEFAULT true NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT post_series_late_s_check CHECK ((late_s > 0))
);

CREATE TABLE public.posts (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    account_id uuid NOT NULL,
    group_id uuid NOT NULL,
    series_id uuid,
    slot integer,
    state text DEFAULT 'planned'::text NOT NULL,
    local_at timestamp without time zone NOT NULL,
    zone text NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    late_s integer DEFAULT 21600 NOT NULL,
    target text DEFAULT ''::text NOT NULL,
    caption text DEFAULT ''::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    made_by_ai boolean DEFAULT false NOT NULL,
    asset_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    not_before timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    claimed_at timestamp with time zone,
    claimed_by text,
    platform_ids text[] DEFAULT '{}'::text[] NOT NULL,
    error_class text,
    error text,
    published_at timestamp with time zone,
    made_by text NOT NULL,
    approved_by text,
    conversation_id uuid,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT posts_late_s_check CHECK ((late_s > 0)),
    CONSTRAINT posts_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'planned'::text, 'pending'::text, 'publishing'::text, 'published'::text, 'failed'::text, 'unknown'::text, 'cancelled'::text])))
);

CREATE TABLE public.promo_codes (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    promo_id uuid NOT NULL,
    code text NOT NULL,
    once boolean DEFAULT false NOT NULL,
    fan_id uuid,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.promo_packs (
    promo_id uuid NOT NULL,
    pack_id uuid NOT NULL,
    agency_id uuid NOT NULL
);

CREATE TABLE public.promo_uses (
    offer_id uuid NOT NULL,
    promo_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    code_id uuid,
    hold_until timestamp with time zone NOT NULL,
    redeemed_at timestamp with time zone
);

CREATE TABLE public.raw_events (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    account_id uuid NOT NULL,
    event_key text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    body bytea,
    correlation_id text NOT NULL,
    conversation_id uuid,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT raw_events_state_check CHECK ((state = ANY (ARRAY['taken'::text, 'ignored'::text, 'unreadable'::text, 'unmatched'::text])))
);

CREATE TABLE public.reactions (
    conversation_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    platform_message_id text NOT NULL,
    emoji text[] NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.refund_orders (
    purchase_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    ordered_by text NOT NULL,
    ordered_at timestamp with time zone DEFAULT now() NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    error text,
    reason text,
    CONSTRAINT refund_orders_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'refused'::text])))
);

CREATE TABLE public.reindexings (
    agency_id uuid NOT NULL,
    tier text NOT NULL,
    from_rows boolean NOT NULL,
    after_fan_id uuid NOT NULL,
    after_id uuid NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    began_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT reindexings_tier_check CHECK ((tier = ANY (ARRAY['facts'::text, 'episodes'::text])))
);

CREATE TABLE public.sale_rests (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    fan_id uuid NOT NULL,
    influencer_id uuid NOT NULL,
    cause text NOT NULL,
    noted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT sale_rests_cause_check CHECK ((cause = ANY (ARRAY['no'::text, 'care'::text, 'case'::text])))
);

CREATE TABLE public.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.spend_limits (
    fan_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    unit text NOT NULL,
    period text NOT NULL,
    amount bigint NOT NULL,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    next_amount bigint,
    next_at timestamp with time zone,
    CONSTRAINT spend_limits_amount_check CHECK ((amount >= 0)),
    CONSTRAINT spend_limits_next_amount_check CHECK ((next_amount >= 0)),
    CONSTRAINT spend_limits_period_check CHECK ((period = ANY (ARRAY['day'::text, 'week'::text, 'month'::text])))
);

CREATE TABLE public.summaries (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    text text NOT NULL,
    upto_message_id uuid NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.tags (
    conversation_id uuid NOT NULL,
    tag text NOT NULL,
    agency_id uuid NOT NULL,
    times integer DEFAULT 1 NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.tombstones (
    agency_id uuid NOT NULL,
    mark bytea NOT NULL,
    kind text NOT NULL,
    until timestamp with time zone NOT NULL,
    opted_out_at timestamp with time zone,
    minor_signal_at timestamp with time zone,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tombstones_kind_check CHECK ((kind = ANY (ARRAY['identity'::text, 'chat'::text, 'event'::text])))
);

CREATE TABLE public.turns (
    id uuid NOT NULL,
    agency_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    persona_version_id uuid NOT NULL,
    fence bigint NOT NULL,
    verdict text NOT NULL,
    reason text,
    brain text NOT NULL,
    trace jsonb NOT NULL,
    correlation_id text NOT NULL,
    committed_at timestamp with time zone DEFAULT now() NOT NULL,
    analysed_at timestamp with time zone,
    CONSTRAINT turns_verdict_check CHECK ((verdict = ANY (ARRAY['send'::text, 'hold'::text, 'refuse'::text])))
);

ALTER TABLE ONLY public.account_secrets
    ADD CONSTRAINT account_secrets_pkey PRIMARY KEY (account_id, name);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_platform_key_key UNIQUE (platform, key);

ALTER TABLE ONLY public.agencies
    ADD CONSTRAINT agencies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.agencies
    ADD CONSTRAINT agencies_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.album_pictures
    ADD CONSTRAINT album_pictures_pkey PRIMARY KEY (album_id, asset_id);

ALTER TABLE ONLY public.albums
    ADD CONSTRAINT albums_influencer_id_name_key UNIQUE (influencer_id, name);

ALTER TABLE ONLY public.albums
    ADD CONSTRAINT albums_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.asset_variants
    ADD CONSTRAINT asset_variants_pkey PRIMARY KEY (asset_id, platform);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_influencer_id_sha256_key UNIQUE (influencer_id, sha256);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cards
    ADD CONSTRAINT cards_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_account_id_query_key_key UNIQUE (account_id, query_key);

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_pkey PRIMARY KEY (account_id, key);

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.credit_accounts
    ADD CONSTRAINT credit_accounts_agency_id_influencer_id_kind_key UNIQUE NULLS NOT DISTINCT (agency_id, influencer_id, kind);

ALTER TABLE ONLY public.credit_accounts
    ADD CONSTRAINT credit_accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.credit_entries
    ADD CONSTRAINT credit_entries_pkey PRIMARY KEY (movement_id, account_id);

ALTER TABLE ONLY public.credit_movements
    ADD CONSTRAINT credit_movements_agency_id_key_key UNIQUE (agency_id, key);

ALTER TABLE ONLY public.credit_movements
    ADD CONSTRAINT credit_movements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.credit_secrets
    ADD CONSTRAINT credit_secrets_pkey PRIMARY KEY (agency_id, name);

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.disclosures
    ADD CONSTRAINT disclosures_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.echoes
    ADD CONSTRAINT echoes_conversation_id_platform_message_id_key UNIQUE (conversation_id, platform_message_id);

ALTER TABLE ONLY public.echoes
    ADD CONSTRAINT echoes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.embedders
    ADD CONSTRAINT embedders_pkey PRIMARY KEY (agency_id);

ALTER TABLE ONLY public.episodes
    ADD CONSTRAINT episodes_piece UNIQUE (message_id, piece);

ALTER TABLE ONLY public.episodes
    ADD CONSTRAINT episodes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.facts
    ADD CONSTRAINT facts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.fans
    ADD CONSTRAINT fans_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.handovers
    ADD CONSTRAINT handovers_pkey PRIMARY KEY (purchase_id);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_agency_id_platform_handle_key UNIQUE (agency_id, platform, handle);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.image_jobs
    ADD CONSTRAINT image_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.influencers
    ADD CONSTRAINT influencers_agency_id_slug_key UNIQUE (agency_id, slug);

ALTER TABLE ONLY public.influencers
    ADD CONSTRAINT influencers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.leftovers
    ADD CONSTRAINT leftovers_pkey PRIMARY KEY (tier, id);

ALTER TABLE ONLY public.link_codes
    ADD CONSTRAINT link_codes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_conversation_id_direction_platform_message_id_key UNIQUE (conversation_id, direction, platform_message_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.offer_packs
    ADD CONSTRAINT offer_packs_pkey PRIMARY KEY (offer_id, pack_id);

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_payload_key UNIQUE (payload);

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_agency_id_name_key UNIQUE (agency_id, name);

ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_token_sha256_key UNIQUE (token_sha256);

ALTER TABLE ONLY public.pack_items
    ADD CONSTRAINT pack_items_pkey PRIMARY KEY (pack_id, "position");

ALTER TABLE ONLY public.pack_prices
    ADD CONSTRAINT pack_prices_pkey PRIMARY KEY (pack_id, platform);

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_influencer_id_slug_key UNIQUE (influencer_id, slug);

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pending_deletions
    ADD CONSTRAINT pending_deletions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.persona_uses
    ADD CONSTRAINT persona_uses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.persona_versions
    ADD CONSTRAINT persona_versions_influencer_id_version_key UNIQUE (influencer_id, version);

ALTER TABLE ONLY public.persona_versions
    ADD CONSTRAINT persona_versions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.picture_references
    ADD CONSTRAINT picture_references_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_pkey PRIMARY KEY (asset_id);

ALTER TABLE ONLY public.policy_counts
    ADD CONSTRAINT policy_counts_pkey PRIMARY KEY (agency_id, month, rule, pack, part);

ALTER TABLE ONLY public.post_places
    ADD CONSTRAINT post_places_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.post_series
    ADD CONSTRAINT post_series_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_series_id_slot_key UNIQUE (series_id, slot);

ALTER TABLE ONLY public.promo_codes
    ADD CONSTRAINT promo_codes_agency_id_code_key UNIQUE (agency_id, code);

ALTER TABLE ONLY public.promo_codes
    ADD CONSTRAINT promo_codes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.promo_packs
    ADD CONSTRAINT promo_packs_pkey PRIMARY KEY (promo_id, pack_id);

ALTER TABLE ONLY public.promo_uses
    ADD CONSTRAINT promo_uses_pkey PRIMARY KEY (offer_id, promo_id);

ALTER TABLE ONLY public.promos
    ADD CONSTRAINT promos_influencer_id_slug_key UNIQUE (influencer_id, slug);

ALTER TABLE ONLY public.promos
    ADD CONSTRAINT promos_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_account_id_event_key_key UNIQUE (account_id, event_key);

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_offer_id_key UNIQUE (offer_id);

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.raw_events
    ADD CONSTRAINT raw_events_account_id_event_key_key UNIQUE (account_id, event_key);

ALTER TABLE ONLY public.raw_events
    ADD CONSTRAINT raw_events_pkey PRIMARY KEY (agency_id, id);

ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_pkey PRIMARY KEY (conversation_id, platform_message_id);

ALTER TABLE ONLY public.refund_orders
    ADD CONSTRAINT refund_orders_pkey PRIMARY KEY (purchase_id);

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_pkey PRIMARY KEY (purchase_id);

ALTER TABLE ONLY public.reindexings
    ADD CONSTRAINT reindexings_pkey PRIMARY KEY (agency_id, tier);

ALTER TABLE ONLY public.sale_rests
    ADD CONSTRAINT sale_rests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.spend_limits
    ADD CONSTRAINT spend_limits_pkey PRIMARY KEY (fan_id, unit, period);

ALTER TABLE ONLY public.summaries
    ADD CONSTRAINT summaries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_pkey PRIMARY KEY (conversation_id, tag);

ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT tombstones_pkey PRIMARY KEY (agency_id, mark);

ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_conversation_id_fence_key UNIQUE (conversation_id, fence);

ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_pkey PRIMARY KEY (id);

CREATE INDEX album_pictures_of_asset ON public.album_pictures USING btree (asset_id);

CREATE INDEX assets_by_file ON public.assets USING btree (blob_key);

CREATE INDEX assets_by_thumbnail ON public.assets USING btree (thumbnail_key) WHERE (thumbnail_key IS NOT NULL);

CREATE INDEX assets_held ON public.assets USING btree (agency_id, created_at) WHERE (moderation = 'held'::text);

CREATE INDEX assets_made_for ON public.assets USING btree (made_for) WHERE (made_for IS NOT NULL);

CREATE INDEX assets_of_job ON public.assets USING btree (job_id) WHERE (job_id IS NOT NULL);

CREATE INDEX cards_of_influencer ON public.cards USING btree (influencer_id, id DESC);

CREATE INDEX cards_of_version ON public.cards USING btree (persona_version_id);

CREATE INDEX checkouts_of_payload ON public.checkouts USING btree (payload) WHERE accepted;

CREATE INDEX checkouts_open ON public.checkouts USING btree (asked_at) WHERE (answered_at IS NULL);

CREATE INDEX conversations_by_chat ON public.conversations USING btree (platform_key, account_id);

CREATE UNIQUE INDEX conversations_chat ON public.conversations USING btree (identity_id, account_id, COALESCE(connection_key, ''::text));

CREATE INDEX conversations_due ON public.conversations USING btree (influencer_id, due_at) WHERE ((due_at IS NOT NULL) AND (owner = 'agent'::text));

CREATE INDEX conversations_fan_id_idx ON public.conversations USING btree (fan_id);

CREATE INDEX conversations_leased ON public.conversations USING btree (influencer_id) WHERE (leased_by IS NOT NULL);

CREATE INDEX conversations_of_connection ON public.conversations USING btree (account_id, connection_key) WHERE (connection_key IS NOT NULL);

CREATE INDEX conversations_spoken ON public.conversations USING btree (agency_id, last_message_at DESC) WHERE (owner = 'agent'::text);

CREATE INDEX conversations_waiting ON public.conversations USING btree (agency_id, last_message_at DESC) WHERE (owner <> 'agent'::text);

CREATE INDEX credit_entries_account_id_idx ON public.credit_entries USING btree (account_id);

CREATE INDEX credit_movements_recent ON public.credit_movements USING btree (agency_id, made_at DESC, id DESC);

CREATE INDEX deliveries_message_id_idx ON public.deliveries USING btree (message_id);

CREATE INDEX deliveries_open ON public.deliveries USING btree (not_before) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text]));

CREATE INDEX deliveries_shown ON public.deliveries USING btree (agency_id, seq) WHERE (state = ANY (ARRAY['unknown'::text, 'not_sent'::text, 'stopped'::text]));

CREATE INDEX deliveries_turn_id_idx ON public.deliveries USING btree (turn_id);

CREATE INDEX deliveries_waiting ON public.deliveries USING btree (conversation_id, seq) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text]));

CREATE INDEX disclosures_conversation_id_idx ON public.disclosures USING btree (conversation_id);

CREATE INDEX drafts_conversation_id_idx ON public.drafts USING btree (conversation_id);

CREATE INDEX drafts_held ON public.drafts USING btree (agency_id, created_at) WHERE (state = 'held'::text);

CREATE INDEX echoes_waiting ON public.echoes USING btree (received_at) WHERE (state = 'waiting'::text);

CREATE INDEX episodes_by_place ON public.episodes USING btree (agency_id, place, fan_id, id);

CREATE INDEX episodes_in_order ON public.episodes USING btree (conversation_id, said_at, id);

CREATE INDEX episodes_of_fan ON public.episodes USING btree (fan_id, influencer_id);

CREATE INDEX episodes_unindexed ON public.episodes USING btree (agency_id, id) WHERE (indexed_at IS NULL);

CREATE INDEX facts_by_place ON public.facts USING btree (agency_id, place, fan_id, id);

CREATE INDEX facts_of_fan ON public.facts USING btree (fan_id, influencer_id) WHERE ((valid_to IS NULL) AND (retracted_at IS NULL));

CREATE INDEX facts_standing ON public.facts USING btree (fan_id, influencer_id) WHERE (standing AND (valid_to IS NULL) AND (retracted_at IS NULL));

CREATE INDEX facts_unindexed ON public.facts USING btree (learned_at) WHERE ((indexed_at IS NULL) AND (retracted_at IS NULL));

CREATE INDEX fans_of_person ON public.fans USING btree (person_id) WHERE (person_id IS NOT NULL);

CREATE INDEX handovers_open ON public.handovers USING btree (looked_at) WHERE (state = ANY (ARRAY['waiting'::text, 'leaving'::text]));

CREATE INDEX identities_fan_id_idx ON public.identities USING btree (fan_id);

CREATE INDEX identities_vouched ON public.identities USING gin (vouched) WHERE (vouched <> '{}'::text[]);

CREATE INDEX image_jobs_alike ON public.image_jobs USING btree (batch_key, rank_at, id) WHERE (state = 'queued'::text);

CREATE INDEX image_jobs_held ON public.image_jobs USING btree (agency_id, created_at) WHERE (state = 'held'::text);

CREATE INDEX image_jobs_leased ON public.image_jobs USING btree (lease_until) WHERE (state = ANY (ARRAY['painting'::text, 'finishing'::text]));

CREATE INDEX image_jobs_listed ON public.image_jobs USING btree (agency_id, id DESC);

CREATE INDEX image_jobs_of_asset ON public.image_jobs USING btree (asset_id) WHERE (asset_id IS NOT NULL);

CREATE INDEX image_jobs_of_chat ON public.image_jobs USING btree (conversation_id) WHERE (conversation_id IS NOT NULL);

CREATE INDEX image_jobs_of_fan ON public.image_jobs USING btree (fan_id) WHERE (fan_id IS NOT NULL);

CREATE INDEX image_jobs_of_turn ON public.image_jobs USING btree (turn_id) WHERE (turn_id IS NOT NULL);

CREATE INDEX image_jobs_owed ON public.image_jobs USING btree (owed_at) WHERE (owed_at IS NOT NULL);

CREATE INDEX image_jobs_served ON public.image_jobs USING btree (influencer_id, started_at DESC) WHERE (started_at IS NOT NULL);

CREATE INDEX image_jobs_unkeyed ON public.image_jobs USING btree (agency_id) WHERE ((state = 'queued'::text) AND (NOT keyed));

CREATE INDEX image_jobs_waiting ON public.image_jobs USING btree (influencer_id, rank_at, id) WHERE (state = 'queued'::text);

CREATE INDEX leftovers_of_agency ON public.leftovers USING btree (agency_id, tier);

CREATE INDEX link_codes_fan_id_idx ON public.link_codes USING btree (fan_id);

CREATE INDEX link_codes_open ON public.link_codes USING btree (agency_id, digest) WHERE (used_at IS NULL);

CREATE INDEX links_fan_id_idx ON public.links USING btree (fan_id);

CREATE UNIQUE INDEX links_open ON public.links USING btree (LEAST(fan_id, other_fan_id), GREATEST(fan_id, other_fan_id)) WHERE (state = ANY (ARRAY['proposed'::text, 'confirmed'::text]));

CREATE INDEX links_other_fan_id_idx ON public.links USING btree (other_fan_id);

CREATE INDEX media_message_id_idx ON public.media USING btree (message_id);

CREATE INDEX media_of_length ON public.media USING btree (agency_id, bytes) WHERE (state = 'stored'::text);

CREATE INDEX media_waiting ON public.media USING btree (not_before) WHERE (state = 'waiting'::text);

CREATE INDEX messages_thread ON public.messages USING btree (conversation_id, id);

CREATE INDEX messages_unanswered ON public.messages USING btree (conversation_id) WHERE ((direction = 'in'::text) AND (answered_at IS NULL) AND (deleted_at IS NULL));

CREATE INDEX messages_unremembered ON public.messages USING btree (agency_id, id) WHERE ((remembered_at IS NULL) AND (deleted_at IS NULL));

CREATE INDEX offers_conversation_id_idx ON public.offers USING btree (conversation_id);

CREATE INDEX offers_fan_id_idx ON public.offers USING btree (fan_id);

CREATE INDEX pending_deletions_not_before_idx ON public.pending_deletions USING btree (not_before);

CREATE INDEX persona_uses_latest ON public.persona_uses USING btree (influencer_id, seq DESC);

CREATE INDEX picture_references_source ON public.picture_references USING btree (agency_id, source);

CREATE UNIQUE INDEX picture_references_standing ON public.picture_references USING btree (influencer_id, kind, source) WHERE (revoked_at IS NULL);

CREATE INDEX pictures_latest ON public.pictures USING btree (influencer_id, made_at DESC, asset_id DESC);

CREATE INDEX pictures_words ON public.pictures USING gin (search);

CREATE INDEX post_series_due ON public.post_series USING btree (next_at) WHERE active;

CREATE INDEX posts_calendar ON public.posts USING btree (agency_id, planned_at);

CREATE INDEX posts_conversation_id_idx ON public.posts USING btree (conversation_id) WHERE (conversation_id IS NOT NULL);

CREATE INDEX posts_due ON public.posts USING btree (planned_at) WHERE (state = ANY (ARRAY['planned'::text, 'pending'::text]));

CREATE INDEX posts_published ON public.posts USING btree (account_id, published_at) WHERE (published_at IS NOT NULL);

CREATE INDEX posts_publishing ON public.posts USING btree (claimed_at) WHERE (state = 'publishing'::text);

CREATE INDEX promo_codes_fan_id_idx ON public.promo_codes USING btree (fan_id) WHERE (fan_id IS NOT NULL);

CREATE INDEX promo_codes_promo_id_idx ON public.promo_codes USING btree (promo_id);

CREATE INDEX promo_uses_code_id_idx ON public.promo_uses USING btree (code_id) WHERE (code_id IS NOT NULL);

CREATE INDEX promo_uses_promo_id_idx ON public.promo_uses USING btree (promo_id);

CREATE INDEX purchases_fan_id_pack_id_idx ON public.purchases USING btree (fan_id, pack_id);

CREATE INDEX raw_events_unclear ON public.raw_events USING btree (agency_id, id) WHERE (state = ANY (ARRAY['unreadable'::text, 'unmatched'::text]));

CREATE INDEX refund_orders_waiting ON public.refund_orders USING btree (not_before) WHERE (state = 'waiting'::text);

CREATE INDEX sale_rests_of_fan ON public.sale_rests USING btree (fan_id, noted_at DESC);

CREATE INDEX summaries_newest ON public.summaries USING btree (conversation_id, id DESC);

CREATE INDEX tags_latest ON public.tags USING btree (agency_id, tag, last_at DESC);

CREATE INDEX turns_unanalysed ON public.turns USING btree (agency_id, committed_at) WHERE (analysed_at IS NULL);

CREATE INDEX variants_by_file ON public.asset_variants USING btree (blob_key);

CREATE TRIGGER check_asset BEFORE INSERT OR UPDATE OF asset_id ON public.pack_items FOR EACH ROW EXECUTE FUNCTION public.check_sold_asset();

CREATE TRIGGER check_asset BEFORE INSERT OR UPDATE OF preview_asset_id ON public.packs FOR EACH ROW WHEN ((new.preview_asset_id IS NOT NULL)) EXECUTE FUNCTION public.check_sold_asset();

CREATE CONSTRAINT TRIGGER check_credit_movement AFTER INSERT OR UPDATE ON public.credit_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.check_credit_movement();

CREATE TRIGGER check_post_step BEFORE UPDATE OF state ON public.posts FOR EACH ROW EXECUTE FUNCTION public.check_post_step();

CREATE TRIGGER close_chat_of_connection BEFORE INSERT ON public.conversations FOR EACH ROW WHEN ((new.connection_key IS NOT NULL)) EXECUTE FUNCTION public.close_chat_of_connection();

CREATE TRIGGER count_rules AFTER INSERT ON public.turns FOR EACH ROW WHEN ((jsonb_typeof((new.trace -> 'rules'::text)) = 'array'::text)) EXECUTE FUNCTION public.count_rules();

CREATE TRIGGER deliveries_keep_doubt BEFORE UPDATE OF state ON public.deliveries FOR EACH ROW WHEN (((old.state = 'pending'::text) AND (new.state = 'dropped'::text) AND (old.error_class = 'OutcomeUnknown'::text))) EXECUTE FUNCTION public.keep_doubt();

CREATE TRIGGER drop_files AFTER DELETE ON public.asset_variants FOR EACH ROW EXECUTE FUNCTION public.drop_asset_files();

CREATE TRIGGER drop_files AFTER DELETE ON public.assets FOR EACH ROW EXECUTE FUNCTION public.drop_asset_files();

CREATE TRIGGER drop_picture AFTER DELETE ON public.image_jobs FOR EACH ROW WHEN ((old.asset_id IS NOT NULL)) EXECUTE FUNCTION public.drop_picture();

CREATE TRIGGER episodes_leave AFTER DELETE ON public.episodes FOR EACH ROW WHEN ((old.embedding IS NOT NULL)) EXECUTE FUNCTION public.note_leftover();

CREATE TRIGGER episodes_move BEFORE UPDATE OF fan_id, influencer_id ON public.episodes FOR EACH ROW WHEN (((old.embedding IS NOT NULL) AND ((old.fan_id IS DISTINCT FROM new.fan_id) OR (old.influencer_id IS DISTINCT FROM new.influencer_id)))) EXECUTE FUNCTION public.note_move();

CREATE TRIGGER facts_leave AFTER DELETE ON public.facts FOR EACH ROW WHEN ((old.embedding IS NOT NULL)) EXECUTE FUNCTION public.note_leftover();

CREATE TRIGGER facts_move BEFORE UPDATE OF fan_id, influencer_id ON public.facts FOR EACH ROW WHEN (((old.embedding IS NOT NULL) AND ((old.fan_id IS DISTINCT FROM new.fan_id) OR (old.influencer_id IS DISTINCT FROM new.influencer_id)))) EXECUTE FUNCTION public.note_move();

CREATE TRIGGER forget_words BEFORE UPDATE OF text, deleted_at ON public.messages FOR EACH ROW EXECUTE FUNCTION public.forget_words();

CREATE TRIGGER summaries_go_stale AFTER UPDATE OF text, deleted_at ON public.messages FOR EACH ROW WHEN (((old.text IS DISTINCT FROM new.text) OR (old.deleted_at IS DISTINCT FROM new.deleted_at))) EXECUTE FUNCTION public.drop_stale_summaries();

CREATE TRIGGER summaries_go_with_messages AFTER DELETE ON public.messages FOR EACH ROW EXECUTE FUNCTION public.drop_summaries_of_deleted();

CREATE TRIGGER tag_conversation AFTER INSERT ON public.turns FOR EACH ROW WHEN ((jsonb_typeof((new.trace -> 'intents'::text)) = 'array'::text)) EXECUTE FUNCTION public.tag_conversation();

ALTER TABLE ONLY public.account_secrets
    ADD CONSTRAINT account_secrets_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_secrets
    ADD CONSTRAINT account_secrets_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.album_pictures
    ADD CONSTRAINT album_pictures_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.album_pictures
    ADD CONSTRAINT album_pictures_album_id_fkey FOREIGN KEY (album_id) REFERENCES public.albums(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.album_pictures
    ADD CONSTRAINT album_pictures_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.pictures(asset_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.albums
    ADD CONSTRAINT albums_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.albums
    ADD CONSTRAINT albums_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.asset_variants
    ADD CONSTRAINT asset_variants_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.asset_variants
    ADD CONSTRAINT asset_variants_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_made_for_fkey FOREIGN KEY (made_for) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cards
    ADD CONSTRAINT cards_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cards
    ADD CONSTRAINT cards_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cards
    ADD CONSTRAINT cards_persona_version_id_fkey FOREIGN KEY (persona_version_id) REFERENCES public.persona_versions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.checkouts
    ADD CONSTRAINT checkouts_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.connections
    ADD CONSTRAINT connections_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES public.identities(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_persona_version_id_fkey FOREIGN KEY (persona_version_id) REFERENCES public.persona_versions(id);

ALTER TABLE ONLY public.credit_accounts
    ADD CONSTRAINT credit_accounts_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.credit_accounts
    ADD CONSTRAINT credit_accounts_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.credit_entries
    ADD CONSTRAINT credit_entries_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.credit_accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.credit_entries
    ADD CONSTRAINT credit_entries_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.credit_entries
    ADD CONSTRAINT credit_entries_movement_id_fkey FOREIGN KEY (movement_id) REFERENCES public.credit_movements(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.credit_movements
    ADD CONSTRAINT credit_movements_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.credit_secrets
    ADD CONSTRAINT credit_secrets_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_turn_id_fkey FOREIGN KEY (turn_id) REFERENCES public.turns(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.disclosures
    ADD CONSTRAINT disclosures_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.disclosures
    ADD CONSTRAINT disclosures_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.disclosures
    ADD CONSTRAINT disclosures_turn_id_fkey FOREIGN KEY (turn_id) REFERENCES public.turns(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_turn_id_fkey FOREIGN KEY (turn_id) REFERENCES public.turns(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.echoes
    ADD CONSTRAINT echoes_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.echoes
    ADD CONSTRAINT echoes_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.embedders
    ADD CONSTRAINT embedders_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.episodes
    ADD CONSTRAINT episodes_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.episodes
    ADD CONSTRAINT episodes_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.episodes
    ADD CONSTRAINT episodes_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.episodes
    ADD CONSTRAINT episodes_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.episodes
    ADD CONSTRAINT episodes_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.facts
    ADD CONSTRAINT facts_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.facts
    ADD CONSTRAINT facts_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.facts
    ADD CONSTRAINT facts_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.facts
    ADD CONSTRAINT facts_superseded_by_fkey FOREIGN KEY (superseded_by) REFERENCES public.facts(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.fans
    ADD CONSTRAINT fans_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.handovers
    ADD CONSTRAINT handovers_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.handovers
    ADD CONSTRAINT handovers_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.handovers
    ADD CONSTRAINT handovers_purchase_id_fkey FOREIGN KEY (purchase_id) REFERENCES public.purchases(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.image_jobs
    ADD CONSTRAINT image_jobs_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.image_jobs
    ADD CONSTRAINT image_jobs_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.image_jobs
    ADD CONSTRAINT image_jobs_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.image_jobs
    ADD CONSTRAINT image_jobs_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.image_jobs
    ADD CONSTRAINT image_jobs_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.image_jobs
    ADD CONSTRAINT image_jobs_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.image_jobs
    ADD CONSTRAINT image_jobs_turn_id_fkey FOREIGN KEY (turn_id) REFERENCES public.turns(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.influencers
    ADD CONSTRAINT influencers_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.influencers
    ADD CONSTRAINT influencers_persona_version_id_fkey FOREIGN KEY (persona_version_id) REFERENCES public.persona_versions(id);

ALTER TABLE ONLY public.link_codes
    ADD CONSTRAINT link_codes_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.link_codes
    ADD CONSTRAINT link_codes_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.link_codes
    ADD CONSTRAINT link_codes_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_other_fan_id_fkey FOREIGN KEY (other_fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES public.turns(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_turn_id_fkey FOREIGN KEY (turn_id) REFERENCES public.turns(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.offer_packs
    ADD CONSTRAINT offer_packs_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.offer_packs
    ADD CONSTRAINT offer_packs_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES public.offers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.offer_packs
    ADD CONSTRAINT offer_packs_pack_id_fkey FOREIGN KEY (pack_id) REFERENCES public.packs(id);

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_pack_id_fkey FOREIGN KEY (pack_id) REFERENCES public.packs(id);

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_turn_id_fkey FOREIGN KEY (turn_id) REFERENCES public.turns(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pack_items
    ADD CONSTRAINT pack_items_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pack_items
    ADD CONSTRAINT pack_items_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

ALTER TABLE ONLY public.pack_items
    ADD CONSTRAINT pack_items_pack_id_fkey FOREIGN KEY (pack_id) REFERENCES public.packs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pack_prices
    ADD CONSTRAINT pack_prices_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pack_prices
    ADD CONSTRAINT pack_prices_pack_id_fkey FOREIGN KEY (pack_id) REFERENCES public.packs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_preview_asset_id_fkey FOREIGN KEY (preview_asset_id) REFERENCES public.assets(id);

ALTER TABLE ONLY public.pending_deletions
    ADD CONSTRAINT pending_deletions_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.persona_uses
    ADD CONSTRAINT persona_uses_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.persona_uses
    ADD CONSTRAINT persona_uses_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.persona_uses
    ADD CONSTRAINT persona_uses_persona_version_id_fkey FOREIGN KEY (persona_version_id) REFERENCES public.persona_versions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.persona_versions
    ADD CONSTRAINT persona_versions_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.persona_versions
    ADD CONSTRAINT persona_versions_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.picture_references
    ADD CONSTRAINT picture_references_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.picture_references
    ADD CONSTRAINT picture_references_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.policy_counts
    ADD CONSTRAINT policy_counts_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.post_places
    ADD CONSTRAINT post_places_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.post_places
    ADD CONSTRAINT post_places_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.post_series
    ADD CONSTRAINT post_series_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.post_series
    ADD CONSTRAINT post_series_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.post_series
    ADD CONSTRAINT post_series_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_series_id_fkey FOREIGN KEY (series_id) REFERENCES public.post_series(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.promo_codes
    ADD CONSTRAINT promo_codes_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promo_codes
    ADD CONSTRAINT promo_codes_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promo_codes
    ADD CONSTRAINT promo_codes_promo_id_fkey FOREIGN KEY (promo_id) REFERENCES public.promos(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promo_packs
    ADD CONSTRAINT promo_packs_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promo_packs
    ADD CONSTRAINT promo_packs_pack_id_fkey FOREIGN KEY (pack_id) REFERENCES public.packs(id);

ALTER TABLE ONLY public.promo_packs
    ADD CONSTRAINT promo_packs_promo_id_fkey FOREIGN KEY (promo_id) REFERENCES public.promos(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promo_uses
    ADD CONSTRAINT promo_uses_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promo_uses
    ADD CONSTRAINT promo_uses_code_id_fkey FOREIGN KEY (code_id) REFERENCES public.promo_codes(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.promo_uses
    ADD CONSTRAINT promo_uses_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES public.offers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promo_uses
    ADD CONSTRAINT promo_uses_promo_id_fkey FOREIGN KEY (promo_id) REFERENCES public.promos(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promos
    ADD CONSTRAINT promos_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promos
    ADD CONSTRAINT promos_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id);

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES public.offers(id);

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_pack_id_fkey FOREIGN KEY (pack_id) REFERENCES public.packs(id);

ALTER TABLE ONLY public.raw_events
    ADD CONSTRAINT raw_events_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.refund_orders
    ADD CONSTRAINT refund_orders_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.refund_orders
    ADD CONSTRAINT refund_orders_purchase_id_fkey FOREIGN KEY (purchase_id) REFERENCES public.purchases(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_purchase_id_fkey FOREIGN KEY (purchase_id) REFERENCES public.purchases(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reindexings
    ADD CONSTRAINT reindexings_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sale_rests
    ADD CONSTRAINT sale_rests_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sale_rests
    ADD CONSTRAINT sale_rests_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sale_rests
    ADD CONSTRAINT sale_rests_influencer_id_fkey FOREIGN KEY (influencer_id) REFERENCES public.influencers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.spend_limits
    ADD CONSTRAINT spend_limits_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.spend_limits
    ADD CONSTRAINT spend_limits_fan_id_fkey FOREIGN KEY (fan_id) REFERENCES public.fans(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.summaries
    ADD CONSTRAINT summaries_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.summaries
    ADD CONSTRAINT summaries_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.summaries
    ADD CONSTRAINT summaries_upto_message_id_fkey FOREIGN KEY (upto_message_id) REFERENCES public.messages(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT tombstones_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_agency_id_fkey FOREIGN KEY (agency_id) REFERENCES public.agencies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_persona_version_id_fkey FOREIGN KEY (persona_version_id) REFERENCES public.persona_versions(id);

ALTER TABLE public.account_secrets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agencies ENABLE ROW LEVEL SECURITY;

CREATE POLICY agency ON public.account_secrets TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.accounts TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.agencies TO muse_app USING ((id = public.current_agency()));

CREATE POLICY agency ON public.album_pictures TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.albums TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.asset_variants TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.assets TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.cards TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.checkouts TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.connections TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.conversations TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.credit_accounts TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.credit_entries TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.credit_movements TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.credit_secrets TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.deliveries TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.disclosures TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.drafts TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.echoes TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.embedders TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.episodes TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.facts TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.fans TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.handovers TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.identities TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.image_jobs TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.influencers TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.leftovers TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.link_codes TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.links TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.media TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.messages TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.offer_packs TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.offers TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.operators TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.pack_items TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.pack_prices TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.packs TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.pending_deletions TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.persona_uses TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.persona_versions TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.picture_references TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.pictures TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.policy_counts TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.post_places TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.post_series TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.posts TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.promo_codes TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.promo_packs TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.promo_uses TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.promos TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.purchases TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.raw_events TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.reactions TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.refund_orders TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.refunds TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.reindexings TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.sale_rests TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.spend_limits TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.summaries TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.tags TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.tombstones TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

CREATE POLICY agency ON public.turns TO muse_app USING ((agency_id = public.current_agency())) WITH CHECK ((agency_id = public.current_agency()));

ALTER TABLE public.album_pictures ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.albums ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.asset_variants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.assets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cards ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.checkouts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.connections ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.conversations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credit_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credit_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credit_movements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credit_secrets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.deliveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.disclosures ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.drafts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.echoes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.embedders ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.episodes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.facts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fans ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.handovers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identities ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.image_jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.influencers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.leftovers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.link_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.media ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.offer_packs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.offers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.operators ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pack_items ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pack_prices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.packs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pending_deletions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.persona_uses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.persona_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.picture_references ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pictures ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.policy_counts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.post_places ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.post_series ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.posts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.promo_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.promo_packs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.promo_uses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.promos ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.purchases ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.raw_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reactions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.refund_orders ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.refunds ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reindexings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sale_rests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.spend_limits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.summaries ENABLE ROW LEVEL SECURITY;

CREATE POLICY sweep ON public.accounts FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.checkouts FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.conversations FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.deliveries FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.echoes FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.embedders FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.episodes FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.facts FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.handovers FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.image_jobs FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.leftovers FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.media FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.packs FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.pending_deletions FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.post_series FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.posts FOR SELECT TO muse_sweep USING (true);

CREATE POLICY sweep ON public.refund_orders FOR SELECT TO muse_sweep USING (true);

ALTER TABLE public.tags ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tombstones ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.turns ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON FUNCTION public.busy_influencers() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.chat_of(account uuid, wanted_key text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.check_credit_movement() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.check_post_step() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.check_sold_asset() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.claim_delivery(agency uuid, conversation uuid, worker text, quiet_s double precision, careful boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_delivery(agency uuid, conversation uuid, worker text, quiet_s double precision, careful boolean) TO muse_app;

REVOKE ALL ON FUNCTION public.claim_pictures(worker text, lease_s double precision, most integer, warm text[], look_ahead integer, look_ahead_s double precision, ageing_s double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_pictures(worker text, lease_s double precision, most integer, warm text[], look_ahead integer, look_ahead_s double precision, ageing_s double precision) TO muse_app;

REVOKE ALL ON FUNCTION public.claim_turns(worker text, lease_s double precision, turn_ids uuid[], per_influencer integer, ahead boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_turns(worker text, lease_s double precision, turn_ids uuid[], per_influencer integer, ahead boolean) TO muse_app;

REVOKE ALL ON FUNCTION public.close_chat_of_connection() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.commit_turn(agency uuid, plan jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.commit_turn(agency uuid, plan jsonb) TO muse_app;

REVOKE ALL ON FUNCTION public.count_rules() FROM PUBLIC;

GRANT SELECT ON TABLE public.credit_accounts TO muse_app;

REVOKE ALL ON FUNCTION public.credit_place(what text, who uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.credit_source(who uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.current_agency() FROM PUBLIC;
GRANT ALL ON FUNCTION public.current_agency() TO muse_app;
GRANT ALL ON FUNCTION public.current_agency() TO muse_sweep;

REVOKE ALL ON FUNCTION public.drop_asset_files() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.drop_picture() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.drop_stale_summaries() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.drop_summaries_of_deleted() FROM PUBLIC;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversations TO muse_app;

GRANT SELECT(id) ON TABLE public.conversations TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.conversations TO muse_sweep;

GRANT SELECT(account_id) ON TABLE public.conversations TO muse_sweep;

GRANT SELECT(owner) ON TABLE public.conversations TO muse_sweep;

GRANT SELECT(due_at) ON TABLE public.conversations TO muse_sweep;

GRANT SELECT(lease_until) ON TABLE public.conversations TO muse_sweep;

REVOKE ALL ON FUNCTION public.due_after(chat public.conversations, quiet_s double precision, quiet_max_s double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.expire_kept(disclosed_before timestamp with time zone, bought_before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.expire_kept(disclosed_before timestamp with time zone, bought_before timestamp with time zone) TO muse_app;

REVOKE ALL ON FUNCTION public.find_account(wanted_platform text, wanted_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_account(wanted_platform text, wanted_key text) TO muse_app;

REVOKE ALL ON FUNCTION public.find_agency(wanted_slug text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_agency(wanted_slug text) TO muse_app;

REVOKE ALL ON FUNCTION public.find_operator(wanted_sha256 bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_operator(wanted_sha256 bytea) TO muse_app;

REVOKE ALL ON FUNCTION public.find_pictures(agency uuid, influencer uuid, words text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_pictures(agency uuid, influencer uuid, words text) TO muse_app;

REVOKE ALL ON FUNCTION public.forget_fans(agency uuid, fans_ uuid[], marks bytea[], kinds text[], untils timestamp with time zone[], strays uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_fans(agency uuid, fans_ uuid[], marks bytea[], kinds text[], untils timestamp with time zone[], strays uuid[]) TO muse_app;

REVOKE ALL ON FUNCTION public.forget_words() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.grant_credits(new_id uuid, what text, amount bigint, new_key text, who text, why text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.grant_credits(new_id uuid, what text, amount bigint, new_key text, who text, why text) TO muse_app;

REVOKE ALL ON FUNCTION public.ingest(raw_ids uuid[], account_ids uuid[], event_keys text[], kinds text[], states text[], bodies bytea[], correlation_ids text[], quiets_s double precision[], bounds_s double precision[], senders text[], handles text[], chat_keys text[], connection_keys text[], rests text[], message_ids uuid[], message_keys text[], message_kinds text[], texts text[], group_keys text[], reply_tos text[], sent_ats timestamp with time zone[], media text[], marks bytea[], OUT fresh boolean[], OUT chats uuid[], OUT messages uuid[], OUT woken uuid[], OUT waits_s real[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ingest(raw_ids uuid[], account_ids uuid[], event_keys text[], kinds text[], states text[], bodies bytea[], correlation_ids text[], quiets_s double precision[], bounds_s double precision[], senders text[], handles text[], chat_keys text[], connection_keys text[], rests text[], message_ids uuid[], message_keys text[], message_kinds text[], texts text[], group_keys text[], reply_tos text[], sent_ats timestamp with time zone[], media text[], marks bytea[], OUT fresh boolean[], OUT chats uuid[], OUT messages uuid[], OUT woken uuid[], OUT waits_s real[]) TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts TO muse_app;

GRANT SELECT(id) ON TABLE public.accounts TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.accounts TO muse_sweep;

GRANT SELECT(platform) ON TABLE public.accounts TO muse_sweep;

GRANT SELECT(key) ON TABLE public.accounts TO muse_sweep;

GRANT SELECT(inbound) ON TABLE public.accounts TO muse_sweep;

GRANT SELECT(active) ON TABLE public.accounts TO muse_sweep;

GRANT SELECT(held_until) ON TABLE public.accounts TO muse_sweep;

REVOKE ALL ON FUNCTION public.ingest_aside(account public.accounts, known uuid, event jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_connection(account public.accounts, event jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_conversation(account public.accounts, event jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_delete(account public.accounts, chat public.conversations, event jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_edit(account public.accounts, chat public.conversations, event jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_event(account public.accounts, event jsonb, known uuid, written_later boolean, OUT state text, OUT chat_id uuid, OUT message_id uuid, OUT wait_s real) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_identity(account public.accounts, event jsonb, OUT identity_id uuid, OUT fan_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_media(agency uuid, message uuid, media jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_original(chat uuid, message_key text, kind_ text, group_key_ text, reply_to_ text, media_ jsonb, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_purchase(account public.accounts, chat public.conversations, event jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ingest_refund(account public.accounts, event jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.keep_doubt() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.keep_leases(kept uuid[], fences bigint[], lease_s double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_leases(kept uuid[], fences bigint[], lease_s double precision) TO muse_app;

REVOKE ALL ON FUNCTION public.keep_pictures(kept uuid[], fences bigint[], shares real[], lease_s double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_pictures(kept uuid[], fences bigint[], shares real[], lease_s double precision) TO muse_app;

REVOKE ALL ON FUNCTION public.move_credits(new_id uuid, what text, new_key text, source uuid, target uuid, amount bigint, job uuid, who text, why text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.note_leftover() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.note_move() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.open_turn(plan jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_turn(plan jsonb) TO muse_app;

REVOKE ALL ON FUNCTION public.owns_pack(pack uuid, fan uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.owns_pack(pack uuid, fan uuid) TO muse_app;

REVOKE ALL ON FUNCTION public.packs_of_offer(offer uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.packs_of_offer(offer uuid) TO muse_app;

REVOKE ALL ON FUNCTION public.person_fans(fan uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.person_fans(fan uuid) TO muse_app;

REVOKE ALL ON FUNCTION public.place_of(fan uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.place_of(fan uuid) TO muse_app;

REVOKE ALL ON FUNCTION public.promo_free(promo uuid, by_code uuid, fan uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.promo_free(promo uuid, by_code uuid, fan uuid) TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.promos TO muse_app;

REVOKE ALL ON FUNCTION public.promo_stands(promo public.promos, by_code uuid, fan uuid, platform text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.promo_stands(promo public.promos, by_code uuid, fan uuid, platform text) TO muse_app;

REVOKE ALL ON FUNCTION public.propose_links(identity uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.put_agency(new_id uuid, wanted_slug text, wanted_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.put_agency(new_id uuid, wanted_slug text, wanted_name text) TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.offers TO muse_app;

REVOKE ALL ON FUNCTION public.redeem_promos(offer public.offers) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.regroup_fans(fans_ uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.regroup_fans(fans_ uuid[]) TO muse_app;

REVOKE ALL ON FUNCTION public.reserve_credits(new_id uuid, who uuid, amount bigint, job uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reserve_credits(new_id uuid, who uuid, amount bigint, job uuid) TO muse_app;

REVOKE ALL ON FUNCTION public.rest_turn(conversation uuid, token bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rest_turn(conversation uuid, token bigint) TO muse_app;

REVOKE ALL ON FUNCTION public.revise_conversation(conversation uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.say_parts(conversation uuid, turn uuid, correlation text, said_at timestamp with time zone, speaker text, parts jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.say_parts(conversation uuid, turn uuid, correlation text, said_at timestamp with time zone, speaker text, parts jsonb) TO muse_app;

REVOKE ALL ON FUNCTION public.set_credit_quota(new_id uuid, who uuid, wanted bigint, maker text, why text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_credit_quota(new_id uuid, who uuid, wanted bigint, maker text, why text) TO muse_app;

REVOKE ALL ON FUNCTION public.settle_credits(new_id uuid, job uuid, spend boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_credits(new_id uuid, job uuid, spend boolean) TO muse_app;

REVOKE ALL ON FUNCTION public.settle_delivery(agency uuid, delivery uuid, outcome text, attempt integer, platform_ids_ text[], after_s double precision, counted boolean, error_class_ text, error_ text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_delivery(agency uuid, delivery uuid, outcome text, attempt integer, platform_ids_ text[], after_s double precision, counted boolean, error_class_ text, error_ text) TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.connections TO muse_app;

REVOKE ALL ON FUNCTION public.stays_local(chat public.conversations) FROM PUBLIC;
GRANT ALL ON FUNCTION public.stays_local(chat public.conversations) TO muse_app;

REVOKE ALL ON FUNCTION public.tag_conversation() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.turn_state(conversation uuid, token bigint, burst uuid[], read_revision bigint, interrupts boolean, cut boolean, final boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.turn_state(conversation uuid, token bigint, burst uuid[], read_revision bigint, interrupts boolean, cut boolean, final boolean) TO muse_app;

REVOKE ALL ON FUNCTION public.uuid_of(moment timestamp with time zone, chance boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.uuid_of(moment timestamp with time zone, chance boolean) TO muse_app;

REVOKE ALL ON FUNCTION public.wake_asleep(older_s double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.wake_asleep(older_s double precision) TO muse_app;

REVOKE ALL ON FUNCTION public.wake_conversation(conversation uuid, quiet_s double precision, quiet_max_s double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.wake_conversations(chats uuid[], quiets_s double precision[], bounds_s double precision[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.write_turn(plan jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.write_turn(plan jsonb) TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_secrets TO muse_app;

GRANT SELECT ON TABLE public.agencies TO muse_app;

GRANT UPDATE(region) ON TABLE public.agencies TO muse_app;

GRANT UPDATE(events_trimmed_to) ON TABLE public.agencies TO muse_app;

GRANT UPDATE(keep_messages_days) ON TABLE public.agencies TO muse_app;

GRANT UPDATE(keep_episodes_days) ON TABLE public.agencies TO muse_app;

GRANT UPDATE(keep_facts_days) ON TABLE public.agencies TO muse_app;

GRANT UPDATE(keep_media_days) ON TABLE public.agencies TO muse_app;

GRANT UPDATE(keep_traces_days) ON TABLE public.agencies TO muse_app;

GRANT UPDATE(caps) ON TABLE public.agencies TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.album_pictures TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.albums TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.asset_variants TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.assets TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cards TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.checkouts TO muse_app;

GRANT SELECT(id) ON TABLE public.checkouts TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.checkouts TO muse_sweep;

GRANT SELECT(conversation_id) ON TABLE public.checkouts TO muse_sweep;

GRANT SELECT(asked_at) ON TABLE public.checkouts TO muse_sweep;

GRANT SELECT(answered_at) ON TABLE public.checkouts TO muse_sweep;

GRANT SELECT ON TABLE public.credit_entries TO muse_app;

GRANT SELECT ON TABLE public.credit_movements TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.credit_secrets TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deliveries TO muse_app;

GRANT SELECT(id) ON TABLE public.deliveries TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.deliveries TO muse_sweep;

GRANT SELECT(conversation_id) ON TABLE public.deliveries TO muse_sweep;

GRANT SELECT(state) ON TABLE public.deliveries TO muse_sweep;

GRANT SELECT(not_before) ON TABLE public.deliveries TO muse_sweep;

GRANT SELECT(claimed_at) ON TABLE public.deliveries TO muse_sweep;

GRANT SELECT,INSERT ON TABLE public.disclosures TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.drafts TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.echoes TO muse_app;

GRANT SELECT(id) ON TABLE public.echoes TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.echoes TO muse_sweep;

GRANT SELECT(conversation_id) ON TABLE public.echoes TO muse_sweep;

GRANT SELECT(state) ON TABLE public.echoes TO muse_sweep;

GRANT SELECT(received_at) ON TABLE public.echoes TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.embedders TO muse_app;

GRANT SELECT(agency_id) ON TABLE public.embedders TO muse_sweep;

GRANT SELECT(embedder) ON TABLE public.embedders TO muse_sweep;

GRANT SELECT(previous) ON TABLE public.embedders TO muse_sweep;

GRANT SELECT(switched_at) ON TABLE public.embedders TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.episodes TO muse_app;

GRANT SELECT(id) ON TABLE public.episodes TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.episodes TO muse_sweep;

GRANT SELECT(indexed_at) ON TABLE public.episodes TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.facts TO muse_app;

GRANT SELECT(id) ON TABLE public.facts TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.facts TO muse_sweep;

GRANT SELECT(learned_at) ON TABLE public.facts TO muse_sweep;

GRANT SELECT(retracted_at) ON TABLE public.facts TO muse_sweep;

GRANT SELECT(indexed_at) ON TABLE public.facts TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fans TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.handovers TO muse_app;

GRANT SELECT(agency_id) ON TABLE public.handovers TO muse_sweep;

GRANT SELECT(conversation_id) ON TABLE public.handovers TO muse_sweep;

GRANT SELECT(state) ON TABLE public.handovers TO muse_sweep;

GRANT SELECT(looked_at) ON TABLE public.handovers TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.offer_packs TO muse_app;

GRANT SELECT,INSERT ON TABLE public.purchases TO muse_app;

GRANT SELECT,INSERT ON TABLE public.refunds TO muse_app;

GRANT SELECT ON TABLE public.holdings TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identities TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.image_jobs TO muse_app;

GRANT SELECT(id) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT(conversation_id) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT(keyed) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT(state) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT(not_before) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT(lease_until) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT(owed_at) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT(created_at) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT(waits_told_at) ON TABLE public.image_jobs TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.influencers TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.leftovers TO muse_app;

GRANT SELECT(id) ON TABLE public.leftovers TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.leftovers TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.link_codes TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.links TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.media TO muse_app;

GRANT SELECT(id) ON TABLE public.media TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.media TO muse_sweep;

GRANT SELECT(state) ON TABLE public.media TO muse_sweep;

GRANT SELECT(not_before) ON TABLE public.media TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messages TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operators TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pack_items TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pack_prices TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.packs TO muse_app;

GRANT SELECT(id) ON TABLE public.packs TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.packs TO muse_sweep;

GRANT SELECT(embedder) ON TABLE public.packs TO muse_sweep;

GRANT SELECT(active) ON TABLE public.packs TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pending_deletions TO muse_app;

GRANT SELECT(id) ON TABLE public.pending_deletions TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.pending_deletions TO muse_sweep;

GRANT SELECT(not_before) ON TABLE public.pending_deletions TO muse_sweep;

GRANT SELECT,INSERT ON TABLE public.persona_uses TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.persona_versions TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.picture_references TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pictures TO muse_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.policy_counts TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_places TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_series TO muse_app;

GRANT SELECT(id) ON TABLE public.post_series TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.post_series TO muse_sweep;

GRANT SELECT(next_at) ON TABLE public.post_series TO muse_sweep;

GRANT SELECT(active) ON TABLE public.post_series TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.posts TO muse_app;

GRANT SELECT(id) ON TABLE public.posts TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.posts TO muse_sweep;

GRANT SELECT(state) ON TABLE public.posts TO muse_sweep;

GRANT SELECT(planned_at) ON TABLE public.posts TO muse_sweep;

GRANT SELECT(not_before) ON TABLE public.posts TO muse_sweep;

GRANT SELECT(claimed_at) ON TABLE public.posts TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.promo_codes TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.promo_packs TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.promo_uses TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.raw_events TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reactions TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.refund_orders TO muse_app;

GRANT SELECT(purchase_id) ON TABLE public.refund_orders TO muse_sweep;

GRANT SELECT(agency_id) ON TABLE public.refund_orders TO muse_sweep;

GRANT SELECT(state) ON TABLE public.refund_orders TO muse_sweep;

GRANT SELECT(not_before) ON TABLE public.refund_orders TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reindexings TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sale_rests TO muse_app;

GRANT SELECT ON TABLE public.schema_migrations TO muse_app;
GRANT SELECT ON TABLE public.schema_migrations TO muse_sweep;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.spend_limits TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.summaries TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tags TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tombstones TO muse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.turns TO muse_app;

ALTER DEFAULT PRIVILEGES FOR ROLE muse_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;

\unrestrict muse
