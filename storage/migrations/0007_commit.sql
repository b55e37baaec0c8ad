-- A turn's commit in one round trip: the lease is looked at, and record, answered marks, messages, deliveries or draft are
-- written. Effects, where there are any, become true between the two, in the same transaction.

-- Whether a thinking still answers what is said: `lost` (another worker or a person owns the conversation), `stale` (the fan went
-- on before the turn was due, or changed what was read; with `interrupts`, went on at all), or `held`. `cut`: the burst is not
-- all that waits, by intent; `final`: thought anew often enough.
CREATE FUNCTION turn_state(conversation uuid, token bigint, burst uuid[], read_revision bigint, interrupts boolean, cut boolean,
                           final boolean) RETURNS text
    LANGUAGE sql STABLE SET search_path = public, pg_temp
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

-- The beginning of a commit: the row is locked first, so that what comes in from now on waits, and what came in before is
-- seen; if the lease is held, the turn's record is written. `plan` is built by storage/turns.py.
CREATE FUNCTION open_turn(plan jsonb) RETURNS text
    LANGUAGE plpgsql SET search_path = public, pg_temp
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

-- What leaves for a fan: one message and one delivery a part, in their order, under the conversation's present hands.
CREATE FUNCTION say_parts(conversation uuid, turn uuid, correlation text, said_at timestamptz, speaker text, parts jsonb) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
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

-- The end of a commit, after its effects: marks, messages, deliveries or draft, the lease. Returns whether messages wait again.
CREATE FUNCTION write_turn(plan jsonb) RETURNS boolean
    LANGUAGE plpgsql SET search_path = public, pg_temp
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
            AND answered_at IS NULL AND deleted_at IS NULL AND received_at > chat.due_at;
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

-- There is nothing to answer: the conversation sleeps. The row is locked first: what was written meanwhile is seen, and stays due.
CREATE FUNCTION rest_turn(conversation uuid, token bigint) RETURNS boolean
    LANGUAGE plpgsql SET search_path = public, pg_temp
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

-- What should be due and is not, whatever made it so: an unanswered message of some age whose conversation is the agent's and
-- sleeps. Across agencies; returns how many were woken.
CREATE FUNCTION wake_asleep(older_s double precision) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
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

-- A whole commit where no effect has to become true: `lost`, `stale`, or what was written: `waiting` or `done`.
CREATE FUNCTION commit_turn(agency uuid, plan jsonb) RETURNS text
    LANGUAGE plpgsql SET search_path = public, pg_temp
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

GRANT EXECUTE ON FUNCTION turn_state(uuid, bigint, uuid[], bigint, boolean, boolean, boolean),
    open_turn(jsonb),
    say_parts(uuid, uuid, text, timestamptz, text, jsonb), write_turn(jsonb), commit_turn(uuid, jsonb), rest_turn(uuid, bigint),
    wake_asleep(double precision) TO muse_app;
