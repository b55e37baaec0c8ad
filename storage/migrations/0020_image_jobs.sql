-- Pictures to be made: the queue of the media workers. Postgres is the truth; what ARQ and pub/sub carry are wake-ups.

-- `priority`: 0 a fan waits, 1 an operator does, 2 the calendar's batch; `rank_at` is `created_at` later by so many times the
-- ageing time, so that whoever waits long enough comes first. `request` is `core.pictures.PictureRequest`, `wish` what it was
-- made from. `batch_key`: what may be painted together, set by a media worker. `overtaken`: how many jobs for a warm model went
-- before it, and since when. `judged`: the prompt, or a picture that was refused; what is said of a kept one stands with its
-- asset. `owed_at`: from when on somebody sees to what the chat has to hear of it. A held job without an
-- asset waits for a yes to its prompt, one with an asset for a yes to the picture.
CREATE TABLE image_jobs (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    source text NOT NULL CHECK (source IN ('chat', 'calendar', 'terminal', 'api')),
    conversation_id uuid REFERENCES conversations ON DELETE CASCADE,
    turn_id uuid REFERENCES turns ON DELETE CASCADE,
    fan_id uuid REFERENCES fans ON DELETE CASCADE,
    ordered_by text,
    wish jsonb NOT NULL,
    request jsonb NOT NULL,
    model text NOT NULL,
    batch_key text,
    keyed boolean NOT NULL GENERATED ALWAYS AS (batch_key IS NOT NULL) STORED,
    adult_ok boolean NOT NULL DEFAULT false,
    cost integer NOT NULL CHECK (cost >= 0),
    priority integer NOT NULL CHECK (priority BETWEEN 0 AND 2),
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'painting', 'finishing', 'held', 'done', 'failed', 'cancelled')),
    progress real NOT NULL DEFAULT 0,
    error text,
    error_class text,
    judged jsonb,
    attempts integer NOT NULL DEFAULT 0,
    overtaken integer NOT NULL DEFAULT 0,
    overtaken_at timestamptz,
    not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
    leased_by text,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    asset_id uuid REFERENCES assets ON DELETE SET NULL,
    seconds real,
    message_id uuid REFERENCES messages ON DELETE SET NULL,
    owed_at timestamptz,
    correlation_id text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rank_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX image_jobs_waiting ON image_jobs (influencer_id, rank_at, id) WHERE state = 'queued';
CREATE INDEX image_jobs_unkeyed ON image_jobs (agency_id) WHERE state = 'queued' AND NOT keyed;
CREATE INDEX image_jobs_alike ON image_jobs (batch_key, rank_at, id) WHERE state = 'queued';
CREATE INDEX image_jobs_leased ON image_jobs (lease_until) WHERE state IN ('painting', 'finishing');
CREATE INDEX image_jobs_served ON image_jobs (influencer_id, started_at DESC) WHERE started_at IS NOT NULL;
CREATE INDEX image_jobs_owed ON image_jobs (owed_at) WHERE owed_at IS NOT NULL;
CREATE INDEX image_jobs_listed ON image_jobs (agency_id, id DESC);
CREATE INDEX image_jobs_of_fan ON image_jobs (fan_id) WHERE fan_id IS NOT NULL;
CREATE INDEX image_jobs_of_chat ON image_jobs (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX image_jobs_of_turn ON image_jobs (turn_id) WHERE turn_id IS NOT NULL;
CREATE INDEX image_jobs_of_asset ON image_jobs (asset_id) WHERE asset_id IS NOT NULL;
ALTER TABLE image_jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON image_jobs TO muse_app USING (agency_id = current_agency()) WITH CHECK (agency_id = current_agency());
GRANT SELECT, INSERT, UPDATE, DELETE ON image_jobs TO muse_app;
CREATE POLICY sweep ON image_jobs FOR SELECT TO muse_sweep USING (true);
GRANT SELECT (id, agency_id, conversation_id, state, keyed, not_before, lease_until, owed_at) ON image_jobs TO muse_sweep;

-- The pictures that a media worker paints next, across agencies, in one call of its painter: at most `most`, all of one batch key.
--
-- Whose turn it is: the class that waiting has made of a priority, then each influencer's first before anybody's second, then who
-- was served the longest ago. Jobs of a model in `warm` may go before those of others, of their class or a better one: at most
-- `look_ahead` jobs, and for at most `look_ahead_s` seconds, before any one that they overtake. What was tried before is painted
-- alone, so that a picture that ends its worker takes no other with it. A lease that ran out is taken up again here.
CREATE FUNCTION claim_pictures(worker text, lease_s double precision, most integer, warm text[], look_ahead integer,
                               look_ahead_s double precision, ageing_s double precision)
    RETURNS TABLE (agency_id uuid, id uuid, fence bigint, attempts integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
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

-- Keeps the leases that are still their holder's alive, notes how far each picture is, and returns those.
CREATE FUNCTION keep_pictures(kept uuid[], fences bigint[], shares real[], lease_s double precision) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    UPDATE image_jobs j SET lease_until = clock_timestamp() + make_interval(secs => lease_s),
        progress = greatest(j.progress, h.share)
    FROM unnest(kept, fences, shares) AS h (id, fence, share)
    WHERE j.id = h.id AND j.fence = h.fence AND j.state IN ('painting', 'finishing') AND j.lease_until > clock_timestamp()
    RETURNING j.id
$$;
GRANT EXECUTE ON FUNCTION claim_pictures(text, double precision, integer, text[], integer, double precision, double precision),
    keep_pictures(uuid[], bigint[], real[], double precision) TO muse_app;
