-- Restraint in selling: why nothing is offered to a fan for a while, and limits that fans set for what they spend.

-- The fan said no to offers (to this influencer), told of something that makes selling wrong (`care`: never which), or has a
-- complaint (`case`). How long it holds is the agency's setting; `ended_at`: the fan asked for content again in words.
CREATE TABLE sale_rests (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    influencer_id uuid NOT NULL REFERENCES influencers ON DELETE CASCADE,
    cause text NOT NULL CHECK (cause IN ('no', 'care', 'case')),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz
);
CREATE INDEX sale_rests_of_fan ON sale_rests (fan_id, noted_at DESC);

-- What a fan lets us sell them at most in a day, a week or a month, in a unit's smallest part. A lower amount holds at once; a
-- higher one (or none at all: `next_amount` null) from `next_at` on.
CREATE TABLE spend_limits (
    fan_id uuid NOT NULL REFERENCES fans ON DELETE CASCADE,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    unit text NOT NULL,
    period text NOT NULL CHECK (period IN ('day', 'week', 'month')),
    amount bigint NOT NULL CHECK (amount >= 0),
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_amount bigint CHECK (next_amount >= 0),
    next_at timestamptz,
    PRIMARY KEY (fan_id, unit, period)
);

-- Caps of the agency's own, where they are not the house's: `storage.restraint.Caps` as JSON.
ALTER TABLE agencies ADD COLUMN caps jsonb;
GRANT UPDATE (caps) ON agencies TO muse_app;

DO $$
DECLARE
    tenant text;
BEGIN
    FOREACH tenant IN ARRAY ARRAY['sale_rests', 'spend_limits'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE format('CREATE POLICY agency ON %I TO muse_app USING (agency_id = current_agency())'
                       ' WITH CHECK (agency_id = current_agency())', tenant);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO muse_app', tenant);
    END LOOP;
END $$;
