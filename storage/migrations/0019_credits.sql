-- Credits: what generation may cost. A double-entry ledger, which the app reads and moves through the functions below alone.

-- The places where credits can be. `outside`: the world they come from and an agency without limits draws on (the only one below
-- zero); `grant`: what an agency may use; `quota`: what is set apart for one influencer, while `active`; `reserved` and `spent`.
CREATE TABLE credit_accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    influencer_id uuid REFERENCES influencers ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('outside', 'grant', 'quota', 'reserved', 'spent')),
    balance bigint NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    UNIQUE NULLS NOT DISTINCT (agency_id, influencer_id, kind),
    CHECK (kind IN ('outside', 'grant') = (influencer_id IS NULL)),
    CHECK (balance >= 0 OR kind = 'outside')
);

-- One movement happens once: its key says which one it is. Nothing in it names a fan.
CREATE TABLE credit_movements (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('grant', 'top_up', 'withdrawal', 'quota', 'reserve', 'spend', 'give_back')),
    key text NOT NULL,
    job_id uuid,
    made_by text NOT NULL,
    note text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (agency_id, key)
);
CREATE INDEX credit_movements_recent ON credit_movements (agency_id, made_at DESC, id DESC);

-- What a movement takes from one place and puts into another.
CREATE TABLE credit_entries (
    movement_id uuid NOT NULL REFERENCES credit_movements ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES credit_accounts ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    amount bigint NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (movement_id, account_id)
);
CREATE INDEX ON credit_entries (account_id);

-- The keys by which a shop outside proves that somebody bought credits.
CREATE TABLE credit_secrets (
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    name text NOT NULL,
    sealed bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (agency_id, name)
);

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['credit_accounts', 'credit_movements', 'credit_entries', 'credit_secrets'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT ON %I TO muse_app', tenant);
    END LOOP;
END $$;
GRANT INSERT, UPDATE, DELETE ON credit_secrets TO muse_app;

-- Two entries that cancel out, or nothing is written at all.
CREATE FUNCTION check_credit_movement() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF (SELECT count(*) <> 2 OR sum(amount) <> 0 FROM credit_entries WHERE movement_id = NEW.movement_id) THEN
        RAISE EXCEPTION 'credits: the entries of movement % do not cancel out', NEW.movement_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_credit_movement AFTER INSERT OR UPDATE ON credit_entries DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_credit_movement();

-- A place of the present agency, made when it is not there yet; a quota counts from when it is set.
CREATE FUNCTION credit_place(what text, who uuid) RETURNS credit_accounts LANGUAGE plpgsql SET search_path = public, pg_temp
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

-- What an influencer draws on: its own quota, else the agency's grant, else (nobody ever granted any) the world outside.
CREATE FUNCTION credit_source(who uuid) RETURNS credit_accounts LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    place credit_accounts;
BEGIN
    SELECT * INTO place FROM credit_accounts a WHERE a.agency_id = current_agency()
        AND ((a.kind = 'quota' AND a.active AND a.influencer_id = who) OR a.kind = 'grant') ORDER BY a.kind DESC LIMIT 1;
    RETURN CASE WHEN FOUND THEN place ELSE credit_place('outside', NULL) END;
END $$;

-- Moves credits between two places once; says moved, known, or short when the first does not hold as much. Both are locked, in
-- one order for all, so that movements at the same time neither overdraw nor block each other.
CREATE FUNCTION move_credits(new_id uuid, what text, new_key text, source uuid, target uuid, amount bigint, job uuid, who text,
                             why text) RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp
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

-- the ways in ---------------------------------------------------------------------------------------------------------

-- Sets credits apart for a job: moved, known (it was done before), agency or influencer (who lacks them), nobody.
CREATE FUNCTION reserve_credits(new_id uuid, who uuid, amount bigint, job uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
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

-- Ends a reservation, once: spent, or given back to where it came from (a quota that was closed since: to the agency).
CREATE FUNCTION settle_credits(new_id uuid, job uuid, spend boolean) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
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

-- Gives an agency credits, or takes back what is not used (a negative amount): moved, known or short.
CREATE FUNCTION grant_credits(new_id uuid, what text, amount bigint, new_key text, who text, why text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
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

-- Sets apart so many credits for an influencer (none: it draws on the agency's again): moved, known, short or nobody.
CREATE FUNCTION set_credit_quota(new_id uuid, who uuid, wanted bigint, maker text, why text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
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

-- Which agency a shop outside speaks of; the caller then works inside that agency.
CREATE FUNCTION find_agency(wanted_slug text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT a.id FROM agencies a WHERE a.slug = wanted_slug
$$;

GRANT EXECUTE ON FUNCTION reserve_credits(uuid, uuid, bigint, uuid), settle_credits(uuid, uuid, boolean),
    grant_credits(uuid, text, bigint, text, text, text), set_credit_quota(uuid, uuid, bigint, text, text), find_agency(text) TO muse_app;
