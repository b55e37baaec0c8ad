-- The house: tenants, who speaks, who writes, what was said, what was thought, what leaves, what is known, what is sold.
-- Every tenant row carries agency_id and is fenced by row-level security; the owner (migrations, definer functions) is not.

-- A function is nobody's until it is granted.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- tenants ------------------------------------------------------------------------------------------------------------

CREATE TABLE agencies (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    region text NOT NULL DEFAULT 'strictest',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE operators (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    name text NOT NULL,
    token_sha256 bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agency_id, name)
);

-- who speaks ---------------------------------------------------------------------------------------------------------

CREATE TABLE influencers (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    slug text NOT NULL,
    name text NOT NULL,
    persona_version_id uuid,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agency_id, slug)
);

CREATE TABLE persona_versions (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    version integer NOT NULL,
    document jsonb NOT NULL,
    checksum text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (influencer_id, version)
);

ALTER TABLE influencers ADD FOREIGN KEY (persona_version_id) REFERENCES persona_versions;

CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    platform text NOT NULL,
    key text NOT NULL,
    inbound text NOT NULL CHECK (inbound IN ('webhook', 'polling', 'page')),
    sandbox boolean NOT NULL DEFAULT false,
    autonomy text NOT NULL DEFAULT 'auto' CHECK (autonomy IN ('auto', 'approve', 'risk', 'off')),
    quiet_s real,
    options jsonb NOT NULL DEFAULT '{}',
    poll_cursor text,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (platform, key)
);

CREATE TABLE account_secrets (
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    name text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (account_id, name)
);

-- who writes ---------------------------------------------------------------------------------------------------------

CREATE TABLE fans (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    display_name text,
    language text,
    adult_confirmed_at timestamptz,
    minor_signal_at timestamptz,
    opted_out_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE identities (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    platform text NOT NULL,
    handle text NOT NULL,
    username text,
    display_name text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agency_id, platform, handle)
);
CREATE INDEX ON identities (fan_id);

-- what was said ------------------------------------------------------------------------------------------------------

CREATE TABLE conversations (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    platform_key text NOT NULL,
    reachable boolean NOT NULL DEFAULT true,
    owner text NOT NULL DEFAULT 'agent' CHECK (owner IN ('agent', 'operator', 'paused')),
    owner_name text,
    owner_epoch bigint NOT NULL DEFAULT 1,
    due_at timestamptz,
    first_unanswered_at timestamptz,
    lease_until timestamptz,
    leased_by text,
    fence bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    disclosed_at timestamptz,
    waiting_sent_at timestamptz,
    last_message_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (identity_id, account_id),
    CHECK ((owner = 'operator') = (owner_name IS NOT NULL))
);
CREATE INDEX conversations_due ON conversations (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX conversations_recent ON conversations (agency_id, last_message_at DESC);
CREATE INDEX ON conversations (fan_id);

CREATE TABLE raw_events (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    event_key text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL CHECK (state IN ('taken', 'ignored', 'unreadable', 'unmatched')),
    body bytea NOT NULL,
    correlation_id text NOT NULL,
    conversation_id uuid REFERENCES conversations ON DELETE SET NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, event_key)
);
CREATE INDEX raw_events_recent ON raw_events (agency_id, received_at DESC);
CREATE INDEX raw_events_unclear ON raw_events (agency_id, received_at DESC) WHERE state IN ('unreadable', 'unmatched');

CREATE TABLE turns (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    persona_version_id uuid NOT NULL REFERENCES persona_versions,
    fence bigint NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('send', 'hold', 'refuse')),
    reason text,
    brain text NOT NULL,
    trace jsonb NOT NULL,
    correlation_id text NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (conversation_id, fence)
);

CREATE TABLE messages (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    author text NOT NULL CHECK (author IN ('fan', 'agent', 'operator', 'system')),
    kind text NOT NULL CHECK (kind IN ('text', 'media', 'command', 'purchase', 'pack', 'notice')),
    text text NOT NULL DEFAULT '',
    meta jsonb NOT NULL DEFAULT '{}',
    platform_message_id text,
    group_key text,
    reply_to text,
    correlation_id text NOT NULL,
    answered_at timestamptz,
    answered_by uuid REFERENCES turns ON DELETE CASCADE,
    turn_id uuid REFERENCES turns ON DELETE CASCADE,
    sent_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz,
    deleted_at timestamptz,
    UNIQUE (conversation_id, direction, platform_message_id)
);
CREATE INDEX messages_thread ON messages (conversation_id, id);
CREATE INDEX messages_unanswered ON messages (conversation_id) WHERE direction = 'in' AND answered_at IS NULL;

CREATE TABLE media (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    message_id uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
    kind text NOT NULL,
    file_id text NOT NULL,
    announced_mime text,
    announced_bytes bigint,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'stored', 'refused')),
    reason text,
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT now(),
    mime text,
    bytes bigint,
    blob_key text
);
CREATE INDEX media_waiting ON media (not_before) WHERE state = 'waiting';
CREATE INDEX ON media (message_id);

CREATE TABLE drafts (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    turn_id uuid NOT NULL REFERENCES turns ON DELETE CASCADE,
    reason text NOT NULL,
    parts jsonb NOT NULL,
    effects jsonb NOT NULL,
    state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'approved', 'edited', 'rejected')),
    decided_by text,
    decided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX drafts_held ON drafts (agency_id, created_at) WHERE state = 'held';
CREATE INDEX ON drafts (conversation_id);

CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    message_id uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
    turn_id uuid REFERENCES turns ON DELETE CASCADE,
    part jsonb NOT NULL,
    owner_epoch bigint NOT NULL,
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'sending', 'sent', 'not_sent', 'unknown', 'stopped', 'dropped')),
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT now(),
    claimed_at timestamptz,
    claimed_by text,
    platform_ids text[] NOT NULL DEFAULT '{}',
    error_class text,
    error text,
    correlation_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz
);
CREATE INDEX deliveries_waiting ON deliveries (conversation_id, seq) WHERE state IN ('pending', 'sending');
CREATE INDEX deliveries_open ON deliveries (not_before) WHERE state IN ('pending', 'sending');
CREATE INDEX deliveries_shown ON deliveries (agency_id, seq) WHERE state IN ('unknown', 'not_sent', 'stopped');
CREATE INDEX ON deliveries (message_id);
CREATE INDEX ON deliveries (turn_id);

CREATE TABLE disclosures (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    turn_id uuid REFERENCES turns ON DELETE SET NULL,
    wording text NOT NULL,
    region text NOT NULL,
    shown_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON disclosures (conversation_id);

-- what is known ------------------------------------------------------------------------------------------------------

CREATE TABLE facts (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    kind text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    source_message_ids uuid[] NOT NULL,
    importance real NOT NULL CHECK (importance BETWEEN 0 AND 1),
    confidence real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    learned_at timestamptz NOT NULL DEFAULT now(),
    retracted_at timestamptz,
    superseded_by uuid REFERENCES facts ON DELETE SET NULL,
    seen integer NOT NULL DEFAULT 1,
    embedder text,
    embedding halfvec,
    indexed_at timestamptz
);
CREATE INDEX facts_of_fan ON facts (fan_id, influencer_id) WHERE valid_to IS NULL AND retracted_at IS NULL;
CREATE INDEX facts_unindexed ON facts (learned_at) WHERE indexed_at IS NULL AND retracted_at IS NULL;

-- what is sold -------------------------------------------------------------------------------------------------------

CREATE TABLE assets (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    blob_key text NOT NULL,
    sha256 bytea NOT NULL,
    mime text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    bytes bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (influencer_id, sha256)
);

CREATE TABLE packs (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    slug text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    tags text[] NOT NULL DEFAULT '{}',
    preview_asset_id uuid REFERENCES assets,
    embedder text,
    embedding halfvec,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (influencer_id, slug)
);

CREATE TABLE pack_items (
    pack_id uuid NOT NULL REFERENCES packs ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    asset_id uuid NOT NULL REFERENCES assets,
    position integer NOT NULL,
    PRIMARY KEY (pack_id, position)
);

CREATE TABLE pack_prices (
    pack_id uuid NOT NULL REFERENCES packs ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    platform text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    unit text NOT NULL,
    PRIMARY KEY (pack_id, platform)
);

CREATE TABLE offers (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    pack_id uuid NOT NULL REFERENCES packs,
    fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    turn_id uuid REFERENCES turns ON DELETE CASCADE,
    amount bigint NOT NULL,
    unit text NOT NULL,
    payload text NOT NULL UNIQUE,
    offered_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON offers (conversation_id);
CREATE INDEX ON offers (fan_id);

CREATE TABLE purchases (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    offer_id uuid NOT NULL UNIQUE REFERENCES offers,
    pack_id uuid NOT NULL REFERENCES packs,
    fan_id uuid NOT NULL REFERENCES fans,
    account_id uuid NOT NULL REFERENCES accounts,
    event_key text NOT NULL,
    charge_key text,
    amount bigint NOT NULL,
    unit text NOT NULL,
    sandbox boolean NOT NULL,
    purchased_at timestamptz NOT NULL,
    UNIQUE (account_id, event_key)
);
CREATE INDEX ON purchases (fan_id, pack_id);

-- isolation ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION current_agency() RETURNS uuid LANGUAGE sql STABLE
    RETURN nullif(current_setting('muse.agency', true), '')::uuid;
GRANT EXECUTE ON FUNCTION current_agency() TO muse_app, muse_sweep;

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['operators', 'influencers', 'persona_versions', 'accounts', 'account_secrets', 'fans', 'identities',
        'conversations', 'raw_events', 'turns', 'messages', 'media', 'drafts', 'deliveries', 'disclosures', 'facts', 'assets',
        'packs', 'pack_items', 'pack_prices', 'offers', 'purchases'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
    END LOOP;
END $$;
ALTER TABLE agencies ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON agencies TO muse_app USING (id = current_agency());
GRANT SELECT ON agencies TO muse_app;
REVOKE UPDATE, DELETE ON disclosures, purchases FROM muse_app;

-- The sweep sees ids and times across agencies, nothing of what was said.
GRANT SELECT (id, agency_id, due_at, lease_until, owner) ON conversations TO muse_sweep;
GRANT SELECT (id, agency_id, conversation_id, state, not_before, claimed_at) ON deliveries TO muse_sweep;
GRANT SELECT (id, agency_id, state, not_before) ON media TO muse_sweep;
GRANT SELECT (id, agency_id, active, embedder) ON packs TO muse_sweep;
GRANT SELECT (id, agency_id, learned_at, indexed_at, retracted_at) ON facts TO muse_sweep;
GRANT SELECT (id, agency_id, platform, key, inbound, active) ON accounts TO muse_sweep;
CREATE POLICY sweep ON conversations FOR SELECT TO muse_sweep USING (true);
CREATE POLICY sweep ON deliveries FOR SELECT TO muse_sweep USING (true);
CREATE POLICY sweep ON media FOR SELECT TO muse_sweep USING (true);
CREATE POLICY sweep ON packs FOR SELECT TO muse_sweep USING (true);
CREATE POLICY sweep ON facts FOR SELECT TO muse_sweep USING (true);
CREATE POLICY sweep ON accounts FOR SELECT TO muse_sweep USING (true);

-- doors across agencies ----------------------------------------------------------------------------------------------

-- Which agency an address belongs to; the caller then works inside that agency.
CREATE FUNCTION find_account(wanted_platform text, wanted_key text) RETURNS TABLE (agency_id uuid, account_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT a.agency_id, a.id FROM accounts a WHERE a.platform = wanted_platform AND a.key = wanted_key AND a.active
$$;

-- Who holds an operator's token.
CREATE FUNCTION find_operator(wanted_sha256 bytea) RETURNS TABLE (agency_id uuid, operator_id uuid, name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT o.agency_id, o.id, o.name FROM operators o WHERE o.token_sha256 = wanted_sha256
$$;

-- A new tenant, or the one of that short name.
CREATE FUNCTION put_agency(new_id uuid, wanted_slug text, wanted_name text) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    INSERT INTO agencies (id, slug, name) VALUES (new_id, wanted_slug, wanted_name)
    ON CONFLICT (slug) DO UPDATE SET slug = excluded.slug RETURNING id
$$;

GRANT EXECUTE ON FUNCTION find_account(text, text), find_operator(bytea), put_agency(uuid, text, text) TO muse_app;
