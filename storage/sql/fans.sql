-- load: The fan of a conversation, with the identity it runs under.
SELECT f.id, i.id AS identity_id, i.handle, coalesce(i.display_name, f.display_name) AS display_name, f.language, c.reachable,
       f.adult_confirmed_at, f.opted_out_at, f.minor_signal_at
FROM conversations c JOIN identities i ON i.id = c.identity_id JOIN fans f ON f.id = c.fan_id WHERE c.id = $1;

-- add: A new fan who came by the door of our own page and said to be an adult.
INSERT INTO fans (id, agency_id, display_name, language, adult_confirmed_at) VALUES ($1, current_agency(), $2, $3, $4);

-- add_identity: The handle of that fan on a platform.
INSERT INTO identities (id, agency_id, fan_id, platform, handle) VALUES ($1, current_agency(), $2, $3, $4);

-- by_handle: The fan behind a handle.
SELECT fan_id FROM identities WHERE platform = $1 AND handle = $2;

-- opt_out: Remember that a fan wants no messages, or wants them again.
UPDATE fans SET opted_out_at = CASE WHEN $2 THEN clock_timestamp() END WHERE id = $1;

-- flag_minor: The fan said to be under age.
UPDATE fans SET minor_signal_at = clock_timestamp(), adult_confirmed_at = NULL WHERE id = $1;

-- confirm_adult: An operator has found that the fan is an adult.
UPDATE fans SET minor_signal_at = NULL, adult_confirmed_at = clock_timestamp() WHERE id = $1;

-- is_flagged: Whether the fan said to be under age and nobody has found otherwise.
SELECT minor_signal_at IS NOT NULL FROM fans WHERE id = $1;

-- note_disclosure: Write into the disclosure ledger what was shown.
INSERT INTO disclosures (id, agency_id, conversation_id, turn_id, wording, region) VALUES ($1, current_agency(), $2, $3, $4, $5);

-- mark_disclosed: The conversation has seen the notice.
UPDATE conversations SET disclosed_at = coalesce(disclosed_at, clock_timestamp()) WHERE id = $1;
