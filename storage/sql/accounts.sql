-- find: The agency and account that a webhook address names.
SELECT agency_id, account_id FROM find_account($1, $2);

-- load: One account of the present agency, with the pace of the persona that speaks there.
SELECT a.id, a.agency_id, a.influencer_id, a.platform, a.key, a.inbound, a.sandbox, a.autonomy, a.quiet_s, a.options,
    coalesce(v.document -> 'pace', '{}') AS pace, coalesce(v.document ->> 'time_zone', 'UTC') AS zone
FROM accounts a JOIN influencers i ON i.id = a.influencer_id LEFT JOIN persona_versions v ON v.id = i.persona_version_id
WHERE a.id = $1;

-- list: The active accounts of the present agency.
SELECT a.id, a.agency_id, a.influencer_id, a.platform, a.key, a.inbound, a.sandbox, a.autonomy, a.quiet_s, a.options,
    coalesce(v.document -> 'pace', '{}') AS pace, coalesce(v.document ->> 'time_zone', 'UTC') AS zone
FROM accounts a JOIN influencers i ON i.id = a.influencer_id LEFT JOIN persona_versions v ON v.id = i.persona_version_id
WHERE a.active ORDER BY a.platform, a.key;

-- secrets: The sealed secrets of an account.
SELECT name, sealed FROM account_secrets WHERE account_id = $1;

-- put_secret: Keep a sealed secret, replacing an older one.
INSERT INTO account_secrets (account_id, agency_id, name, sealed) VALUES ($1, current_agency(), $2, $3)
ON CONFLICT (account_id, name) DO UPDATE SET sealed = excluded.sealed;

-- drop_secret: Forget a secret.
DELETE FROM account_secrets WHERE account_id = $1 AND name = $2;

-- put: Make an account, or set the one of that address right; an address of another agency is not touched.
INSERT INTO accounts (id, agency_id, influencer_id, platform, key, inbound, sandbox, autonomy, options)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (platform, key) DO UPDATE SET influencer_id = excluded.influencer_id, inbound = excluded.inbound,
    sandbox = excluded.sandbox, autonomy = excluded.autonomy, options = excluded.options, active = true,
    held_until = NULL, held_reason = NULL
RETURNING id;

-- change: Set how an account behaves.
UPDATE accounts SET autonomy = $2, sandbox = $3, quiet_s = $4, options = $5 WHERE id = $1;

-- admit: Close connected chats to owners who may not let the account speak there, and open them to who may now and might not before.
WITH turned AS (
    UPDATE connections c SET enabled = NOT c.enabled
    WHERE c.account_id = $1 AND c.enabled <> (cardinality($3::text[]) = 0 OR c.handle = ANY($3))
        AND (c.enabled OR NOT (cardinality($2::text[]) = 0 OR c.handle = ANY($2)))
    RETURNING c.key, c.enabled AND c.can_reply AS open)
UPDATE conversations chat SET reachable = t.open FROM turned t WHERE chat.account_id = $1 AND chat.connection_key = t.key;

-- poll_cursor: Where long polling of an account stands.
SELECT poll_cursor FROM accounts WHERE id = $1;

-- set_poll_cursor: Remember how far long polling has confirmed.
UPDATE accounts SET poll_cursor = $2 WHERE id = $1;

-- influencer: Who speaks on an account, with the persona version in force.
SELECT i.id, i.agency_id, i.slug, i.name, v.id AS persona_version_id, v.version AS persona_version, v.document AS persona
FROM influencers i JOIN persona_versions v ON v.id = i.persona_version_id WHERE i.id = $1;

-- influencer_by_slug: An influencer of the present agency by its short name.
SELECT i.id, i.agency_id, i.slug, i.name, v.id AS persona_version_id, v.version AS persona_version, v.document AS persona
FROM influencers i JOIN persona_versions v ON v.id = i.persona_version_id WHERE i.slug = $1;

-- put_influencer: Make an influencer, or find the one of that short name.
INSERT INTO influencers (id, agency_id, slug, name, active) VALUES ($1, current_agency(), $2, $3, false)
ON CONFLICT (agency_id, slug) DO UPDATE SET name = excluded.name RETURNING id;

-- put_agency: Make an agency, or find the one of that short name.
SELECT put_agency($1, $2, $3);
