-- Turns are claimed many at once, across agencies, by the workers' dispatchers: fairly between influencers, within their limits,
-- and ahead of their time where a persona thinks while the quiet time runs.

-- The persona's `pace.think_ahead`, where the claim can read it.
ALTER TABLE influencers ADD COLUMN think_ahead boolean NOT NULL DEFAULT true;
UPDATE influencers i SET think_ahead = coalesce((v.document #>> '{pace,think_ahead}')::boolean, true)
    FROM persona_versions v WHERE v.id = i.persona_version_id;

DROP INDEX conversations_due;
CREATE INDEX conversations_due ON conversations (influencer_id, due_at) WHERE due_at IS NOT NULL AND owner = 'agent';
-- By leased_by, which a heartbeat does not touch: so a heartbeat stays a heap-only update.
CREATE INDEX conversations_leased ON conversations (influencer_id) WHERE leased_by IS NOT NULL;

-- The influencers for whom somebody waits, by hopping through the index.
CREATE FUNCTION busy_influencers() RETURNS SETOF uuid
    LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
    WITH RECURSIVE busy AS (
        (SELECT c.influencer_id AS id FROM conversations c WHERE c.due_at IS NOT NULL AND c.owner = 'agent'
            ORDER BY c.influencer_id LIMIT 1)
        UNION ALL
        SELECT (SELECT c.influencer_id FROM conversations c WHERE c.due_at IS NOT NULL AND c.owner = 'agent'
                AND c.influencer_id > busy.id ORDER BY c.influencer_id LIMIT 1) FROM busy WHERE busy.id IS NOT NULL)
    SELECT id FROM busy WHERE id IS NOT NULL
$$;

-- Leases for at most cardinality(turn_ids) turns: an influencer's turns in flight count against `per_influencer`, and who has the
-- fewest goes first. A last row without a conversation says after how many seconds the next turn falls due; what is due already
-- was being taken by another just now.
CREATE FUNCTION claim_turns(worker text, lease_s double precision, turn_ids uuid[], per_influencer integer, ahead boolean)
    RETURNS TABLE (agency_id uuid, conversation_id uuid, turn_id uuid, fence bigint, attempts integer, wait_s double precision)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
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

-- Keeps the leases that are still their holder's alive, and returns those.
CREATE FUNCTION keep_leases(kept uuid[], fences bigint[], lease_s double precision) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH held AS (  -- locked in one order, as the ingress does
        SELECT c.id FROM conversations c JOIN unnest(kept, fences) AS h (id, fence) ON c.id = h.id AND c.fence = h.fence
        ORDER BY c.id FOR NO KEY UPDATE OF c)
    UPDATE conversations c SET lease_until = clock_timestamp() + make_interval(secs => lease_s)
    FROM held
    WHERE c.id = held.id AND c.owner = 'agent' AND c.lease_until > clock_timestamp()
    RETURNING c.id
$$;

GRANT EXECUTE ON FUNCTION claim_turns(text, double precision, uuid[], integer, boolean),
    keep_leases(uuid[], bigint[], double precision) TO muse_app;
