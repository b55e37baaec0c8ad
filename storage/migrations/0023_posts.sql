-- The calendar: what an influencer publishes where, and when. A post goes out once, or a person says what became of it.

-- A plan that comes again, anchored to its first moment: slot n is computed from the anchor, so that nothing drifts. The newest slot
-- that stands on the calendar is `slot`, at `next_at`; `skipped` counts those that passed while nobody was there.
CREATE TABLE post_series (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    rule jsonb NOT NULL,
    anchor_at timestamp NOT NULL,
    zone text NOT NULL,
    target text NOT NULL DEFAULT '',
    caption text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'en',
    made_by_ai boolean NOT NULL DEFAULT false,
    asset_ids uuid[] NOT NULL DEFAULT '{}',
    late_s integer NOT NULL DEFAULT 21600 CHECK (late_s > 0),
    slot integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    skipped integer NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX post_series_due ON post_series (next_at) WHERE active;

-- One publication on one account. `local_at` in `zone` is what was planned; `planned_at` is the instant that it means. `late_s`: so
-- late it may still go out. A proposal that came of a fan's chat names it until an operator makes the words theirs. `attempts` is
-- the token of the claim in force; `failures` counts tries that surely did not go out.
CREATE TABLE posts (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    group_id uuid NOT NULL,
    series_id uuid REFERENCES post_series ON DELETE SET NULL,
    slot integer,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('proposed', 'planned', 'pending', 'publishing', 'published', 'failed',
        'unknown', 'cancelled')),
    local_at timestamp NOT NULL,
    zone text NOT NULL,
    planned_at timestamptz NOT NULL,
    late_s integer NOT NULL DEFAULT 21600 CHECK (late_s > 0),
    target text NOT NULL DEFAULT '',
    caption text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'en',
    made_by_ai boolean NOT NULL DEFAULT false,
    asset_ids uuid[] NOT NULL DEFAULT '{}',
    not_before timestamptz NOT NULL DEFAULT '-infinity',
    attempts integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    claimed_at timestamptz,
    claimed_by text,
    platform_ids text[] NOT NULL DEFAULT '{}',
    error_class text,
    error text,
    published_at timestamptz,
    made_by text NOT NULL,
    approved_by text,
    conversation_id uuid REFERENCES conversations ON DELETE CASCADE,
    made_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (series_id, slot)
);
CREATE INDEX posts_calendar ON posts (agency_id, planned_at);
CREATE INDEX posts_due ON posts (planned_at) WHERE state IN ('planned', 'pending');
CREATE INDEX posts_publishing ON posts (claimed_at) WHERE state = 'publishing';
CREATE INDEX posts_published ON posts (account_id, published_at) WHERE published_at IS NOT NULL;
CREATE INDEX ON posts (conversation_id) WHERE conversation_id IS NOT NULL;

-- Where posts of an account go when nobody says otherwise.
CREATE TABLE post_places (
    account_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    target text NOT NULL
);

-- What may follow what: nothing leads away from a post that is out or cancelled, and nothing back to one that may be out, but a person.
CREATE FUNCTION check_post_step() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
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
CREATE TRIGGER check_post_step BEFORE UPDATE OF state ON posts FOR EACH ROW EXECUTE FUNCTION check_post_step();

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['post_series', 'posts', 'post_places'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
    END LOOP;
END $$;
CREATE POLICY sweep ON post_series FOR SELECT TO muse_sweep USING (true);
CREATE POLICY sweep ON posts FOR SELECT TO muse_sweep USING (true);
GRANT SELECT (id, agency_id, active, next_at) ON post_series TO muse_sweep;
GRANT SELECT (id, agency_id, state, planned_at, not_before, claimed_at) ON posts TO muse_sweep;
