-- The shop: what a pack is fit for, offers of several packs at once, and promos with their codes and uses.

ALTER TABLE packs ADD COLUMN rating text NOT NULL DEFAULT 'sfw' CHECK (rating IN ('sfw', 'suggestive', 'adult'));

-- What the packs of an offer cost without a promo; none: the offer's amount itself.
ALTER TABLE offers ADD COLUMN list_amount bigint CHECK (list_amount > amount);

-- The packs of an offer beside its first.
CREATE TABLE offer_packs (
    offer_id uuid NOT NULL REFERENCES offers ON DELETE CASCADE,
    pack_id uuid NOT NULL REFERENCES packs,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    PRIMARY KEY (offer_id, pack_id)
);

-- `way`: with a code, when the fan asks for one, or with every offer. A promo is never changed, only ended: what was offered under it
-- stays true. `take`: a bundle of so many packs, the cheapest of them free; else its packs stand in `promo_packs`.
-- `least`: what the packs must cost at least. `hold_s`: how long an offer keeps its place among `total`.
CREATE TABLE promos (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    slug text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('percentage', 'fixed', 'bundle', 'trial')),
    way text NOT NULL DEFAULT 'code' CHECK (way IN ('code', 'asked', 'always')),
    percent integer CHECK (percent BETWEEN 1 AND 99),
    amount bigint CHECK (amount > 0),
    unit text,
    take integer CHECK (take BETWEEN 2 AND 10),
    least bigint CHECK (least > 0),
    per_fan integer NOT NULL DEFAULT 1 CHECK (per_fan > 0),
    total integer CHECK (total > 0),
    platforms text[] NOT NULL DEFAULT '{}',
    stacks boolean NOT NULL DEFAULT false,
    starts_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz,
    hold_s integer NOT NULL DEFAULT 3600 CHECK (hold_s BETWEEN 60 AND 604800),
    made_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (influencer_id, slug)
);

CREATE TABLE promo_packs (
    promo_id uuid NOT NULL REFERENCES promos ON DELETE CASCADE,
    pack_id uuid NOT NULL REFERENCES packs,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    PRIMARY KEY (promo_id, pack_id)
);

-- `once`: good for one purchase of one fan. `fan_id`: good for this person only.
CREATE TABLE promo_codes (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    promo_id uuid NOT NULL REFERENCES promos ON DELETE CASCADE,
    code text NOT NULL,
    once boolean NOT NULL DEFAULT false,
    fan_id uuid REFERENCES fans ON DELETE CASCADE,
    made_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agency_id, code)
);
CREATE INDEX ON promo_codes (promo_id);
CREATE INDEX ON promo_codes (fan_id) WHERE fan_id IS NOT NULL;

-- A promo's place that an offer has: held until a moment, then free again, or redeemed by the offer's purchase.
CREATE TABLE promo_uses (
    offer_id uuid NOT NULL REFERENCES offers ON DELETE CASCADE,
    promo_id uuid NOT NULL REFERENCES promos ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    code_id uuid REFERENCES promo_codes ON DELETE SET NULL,
    hold_until timestamptz NOT NULL,
    redeemed_at timestamptz,
    PRIMARY KEY (offer_id, promo_id)
);
CREATE INDEX ON promo_uses (promo_id);
CREATE INDEX ON promo_uses (code_id) WHERE code_id IS NOT NULL;

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['offer_packs', 'promos', 'promo_packs', 'promo_codes', 'promo_uses'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
    END LOOP;
END $$;

-- What fans own: bought and not given back, all packs of what was bought.
CREATE OR REPLACE VIEW holdings WITH (security_invoker = true) AS
    SELECT p.* FROM purchases p WHERE NOT EXISTS (SELECT FROM refunds r WHERE r.purchase_id = p.id)
    UNION ALL
    SELECT p.id, p.agency_id, p.offer_id, k.pack_id, p.fan_id, p.account_id, p.event_key, p.charge_key, p.amount, p.unit, p.sandbox,
        p.purchased_at
    FROM purchases p JOIN offer_packs k ON k.offer_id = p.offer_id WHERE NOT EXISTS (SELECT FROM refunds r WHERE r.purchase_id = p.id);

-- The packs of an offer, its first one first.
CREATE FUNCTION packs_of_offer(offer uuid) RETURNS TABLE (pack_id uuid, place integer)
    LANGUAGE sql STABLE
AS $$
    SELECT o.pack_id, 0 FROM offers o WHERE o.id = offer UNION ALL SELECT k.pack_id, 1 FROM offer_packs k WHERE k.offer_id = offer
$$;

-- Whether a person has all there is to see of a pack: bought it, or its very pictures with other packs.
CREATE FUNCTION owns_pack(pack uuid, fan uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    WITH held AS MATERIALIZED (SELECT h.pack_id FROM holdings h WHERE h.fan_id = ANY (ARRAY(SELECT person_fans(fan))))
    SELECT EXISTS (SELECT FROM held WHERE pack_id = pack) OR (EXISTS (SELECT FROM held)
        AND EXISTS (SELECT FROM pack_items i WHERE i.pack_id = pack)
        AND NOT EXISTS (SELECT FROM pack_items i WHERE i.pack_id = pack AND NOT EXISTS (
            SELECT FROM pack_items j JOIN held ON held.pack_id = j.pack_id WHERE j.asset_id = i.asset_id)))
$$;

-- Whether a promo has a place left for a person, under a code where it came with one. Their own places that are only held do not count:
-- a person holds one place of a promo at a time. A place counts as held a minute longer than its offer does, so that a purchase
-- which is being written meanwhile finds it still there. The caller has locked the promo, or only looks.
CREATE FUNCTION promo_free(promo uuid, by_code uuid, fan uuid) RETURNS boolean
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

-- Whether a promo stands for a person on a platform now, with a code where it needs one. The database's clock is the one that counts.
CREATE FUNCTION promo_stands(promo promos, by_code uuid, fan uuid, platform text) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT promo.starts_at <= clock_timestamp() AND (promo.ends_at IS NULL OR promo.ends_at > clock_timestamp())
        AND (cardinality(promo.platforms) = 0 OR platform = ANY (promo.platforms))
        AND (promo.way <> 'code' OR by_code IS NOT NULL)
        AND NOT (promo.kind = 'trial' AND EXISTS (SELECT FROM purchases b JOIN packs p ON p.id = b.pack_id
            WHERE p.influencer_id = promo.influencer_id AND b.fan_id IN (SELECT person_fans(fan))))
        AND promo_free(promo.id, by_code, fan)
$$;
GRANT EXECUTE ON FUNCTION packs_of_offer(uuid), owns_pack(uuid, uuid), promo_free(uuid, uuid, uuid),
    promo_stands(promos, uuid, uuid, text) TO muse_app;

-- Who ordered a refund may be the house itself: why.
ALTER TABLE refund_orders ADD COLUMN reason text;

-- The promos of an offer that is paid for. A place that is held is redeemed, unless the person has had the promo by another offer
-- meanwhile; one whose time is over is taken anew if one is left. Says whether the offer's price stands.
CREATE FUNCTION redeem_promos(offer offers) RETURNS boolean
    LANGUAGE plpgsql SET search_path = public, pg_temp
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

-- A purchase is a row of its own and a message, so that the next turn thanks the fan once; what we hand over ourselves is
-- noted in the same commit. A second payment for the same offer is nobody's purchase: a person must see it. A payment for what the
-- person owns already (two offers of one pack were open), by somebody flagged as a minor, or at a promo's price when that was over,
-- is given back by the house:
-- it is written, because money moved, and nobody is thanked for it. Where the platform says that it took another amount than was
-- offered, the purchase is nobody's either: a person must see it.
CREATE OR REPLACE FUNCTION ingest_purchase(account accounts, chat conversations, event jsonb) RETURNS uuid
    LANGUAGE plpgsql SET search_path = public, pg_temp
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

-- The turn is written as before (0007), but for a persona that ignores what comes while it thinks: a purchase is thanked for all the
-- same.
CREATE OR REPLACE FUNCTION write_turn(plan jsonb) RETURNS boolean
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
