-- Care: where a fan lives as far as somebody has said so, which AI notice was shown last and why, and yearly counts that name
-- nobody.

ALTER TABLE fans ADD COLUMN region text;

-- When the notice was last shown, of whatever kind; `disclosed_at` stays the first time.
ALTER TABLE conversations ADD COLUMN noticed_at timestamptz;
UPDATE conversations SET noticed_at = disclosed_at WHERE disclosed_at IS NOT NULL;

-- Which of the house's texts it was, on which occasion, and on which platform; `region` is the rule pack it was shown under.
ALTER TABLE disclosures
    ADD COLUMN occasion text NOT NULL DEFAULT 'first' CHECK (occasion IN ('first', 'again', 'asked')),
    ADD COLUMN wording_key text NOT NULL DEFAULT 'notice',
    ADD COLUMN platform text NOT NULL DEFAULT '';

-- How often each rule fired, by month and rule pack. No person, no text, no conversation: there is nothing to forget in it. A
-- count lies in several parts, so that turns that end together do not wait for each other.
CREATE TABLE policy_counts (
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    rule text NOT NULL,
    pack text NOT NULL,
    part integer NOT NULL CHECK (part BETWEEN 0 AND 15),
    times bigint NOT NULL DEFAULT 1 CHECK (times > 0),
    PRIMARY KEY (agency_id, month, rule, pack, part)
);
ALTER TABLE policy_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON policy_counts TO muse_app USING (agency_id = current_agency()) WITH CHECK (agency_id = current_agency());
GRANT SELECT, INSERT, UPDATE ON policy_counts TO muse_app;

-- Ordered, so that two writers lock the rows in one order; the turn's id says which part it counts in.
CREATE FUNCTION count_rules() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO policy_counts AS c (agency_id, month, rule, pack, part)
        SELECT DISTINCT NEW.agency_id, date_trunc('month', NEW.committed_at AT TIME ZONE 'UTC')::date, fired,
            coalesce(nullif(NEW.trace ->> 'pack', ''), 'strictest'), ('x' || left(md5(NEW.id::text), 1))::bit(4)::integer
        FROM jsonb_array_elements_text(NEW.trace -> 'rules') AS fired ORDER BY fired
    ON CONFLICT (agency_id, month, rule, pack, part) DO UPDATE SET times = c.times + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER count_rules AFTER INSERT ON turns FOR EACH ROW
    WHEN (jsonb_typeof(NEW.trace -> 'rules') = 'array') EXECUTE FUNCTION count_rules();
GRANT UPDATE (region) ON agencies TO muse_app;

-- What is said in somebody's own chats, reached through their connection, goes to no company's model unless that somebody has
-- authorised it; the account's options keep who and when, by the owner's handle.
CREATE FUNCTION stays_local(chat conversations) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp
    RETURN chat.connection_key IS NOT NULL AND NOT EXISTS (
        SELECT FROM connections c JOIN accounts a ON a.id = c.account_id
        WHERE c.account_id = chat.account_id AND c.key = chat.connection_key AND a.options -> 'business_authorised' ? c.handle);
GRANT EXECUTE ON FUNCTION stays_local(conversations) TO muse_app;
