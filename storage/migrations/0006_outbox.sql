-- The outbox: whose word a delivery is, how it is paced, and one round trip each to claim it and to settle it.

-- `voice`: the agent speaks only while it holds the conversation, an operator (`operator`) only while no other one does, the
-- house (notices, last words of a hand-over) in any hands; all only under the epoch in which they were written.
-- `any_hour`: leaves in quiet hours too. `pause_s`: how long after the part before it this one may leave.
ALTER TABLE deliveries
    ADD COLUMN voice text NOT NULL DEFAULT 'agent' CHECK (voice IN ('agent', 'operator', 'house')),
    ADD COLUMN operator text,
    ADD COLUMN any_hour boolean NOT NULL DEFAULT false,
    ADD COLUMN pause_s real NOT NULL DEFAULT 0;
UPDATE deliveries d SET any_hour = m.author <> 'agent',
        voice = CASE WHEN m.author = 'operator' THEN 'operator' WHEN m.author = 'system' OR c.owner <> 'agent' THEN 'house' ELSE 'agent' END
    FROM messages m, conversations c WHERE m.id = d.message_id AND c.id = d.conversation_id AND d.state IN ('pending', 'stopped');

-- An account whose token is refused waits as a whole, for a person to renew it.
ALTER TABLE accounts ADD COLUMN held_until timestamptz, ADD COLUMN held_reason text;

-- What a look into a conversation's outbox found. `status`: none (no such conversation), empty, wait, held (the account), busy
-- (one is leaving), careful (its offers are to be looked at first), ready, or claimed.
CREATE TYPE outbox_step AS (
    status text, wait_s double precision, pause_s real, account_id uuid, chat text, echoes boolean,
    id uuid, conversation_id uuid, message_id uuid, turn_id uuid, part jsonb, attempts integer, correlation_id text,
    reachable boolean, silent_s double precision, age_s double precision, claimed_by text, offers uuid[]);

-- What is open after a delivery was settled. `changed` is false when another one had settled it.
CREATE TYPE outbox_rest AS (changed boolean, wait_s double precision, echoes boolean);

-- Look at the first open delivery of a conversation and claim it for a worker (none: only look). What may not leave any more
-- is dropped first. `quiet_s`: seconds until the persona's quiet hours end; a reply that has not begun sleeps so long, and
-- what leaves at any hour goes before it. `careful`: do not claim a part of a reply with offers.
CREATE FUNCTION claim_delivery(agency uuid, conversation uuid, worker text, quiet_s double precision, careful boolean)
    RETURNS outbox_step LANGUAGE plpgsql SET search_path = public, pg_temp
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

-- Settle a delivery: sent, retry (it surely did not leave; again after `after_s`), held (the same, and its whole account waits),
-- not_sent, unreachable (not_sent, and the fan cannot be reached), or unknown. Only a claim that still stands is given back
-- (`attempt`, none: whichever); that it was sent is true whoever says so. `counted`: whether the attempt was one.
CREATE FUNCTION settle_delivery(agency uuid, delivery uuid, outcome text, attempt integer, platform_ids_ text[],
                                after_s double precision, counted boolean, error_class_ text, error_ text)
    RETURNS outbox_rest LANGUAGE plpgsql SET search_path = public, pg_temp
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

-- The sweep leaves alone what waits for a person to set an account right.
GRANT SELECT (account_id) ON conversations TO muse_sweep;
GRANT SELECT (held_until) ON accounts TO muse_sweep;

GRANT EXECUTE ON FUNCTION claim_delivery(uuid, uuid, text, double precision, boolean),
    settle_delivery(uuid, uuid, text, integer, text[], double precision, boolean, text, text) TO muse_app;
