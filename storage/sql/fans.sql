-- load: The fan of a conversation, with the identity it runs under.
SELECT f.id, i.id AS identity_id, i.handle, coalesce(i.display_name, f.display_name) AS display_name, f.language, c.reachable,
       f.adult_confirmed_at, f.opted_out_at,
       coalesce(f.minor_signal_at, (SELECT min(o.minor_signal_at) FROM fans o WHERE o.person_id = f.person_id)) AS minor_signal_at,
       ARRAY(SELECT o.id FROM fans o WHERE o.person_id = f.person_id AND o.id <> f.id ORDER BY o.id) AS also
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

-- confirm_adult: An operator has found that the fan is an adult, whichever of their chats said otherwise.
UPDATE fans SET minor_signal_at = NULL, adult_confirmed_at = clock_timestamp() WHERE id = ANY(ARRAY(SELECT person_fans($1)));

-- is_flagged: Whether the fan said to be under age, in any of their chats, and nobody has found otherwise.
SELECT bool_or(minor_signal_at IS NOT NULL) FROM fans WHERE id = ANY(ARRAY(SELECT person_fans($1)));

-- note_disclosure: Write into the disclosure ledger what was shown.
INSERT INTO disclosures (id, agency_id, conversation_id, turn_id, wording, region, occasion, wording_key, platform)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8);

-- mark_disclosed: The conversation has seen the notice.
UPDATE conversations SET disclosed_at = coalesce(disclosed_at, clock_timestamp()), noticed_at = clock_timestamp() WHERE id = $1;

-- find: Fans whose name, handle or id holds some words, newest first; nobody who was forgotten.
SELECT f.id, i.platform, i.handle, i.username, coalesce(i.display_name, f.display_name) AS name, f.person_id, f.created_at,
    f.opted_out_at IS NOT NULL AS opted_out, f.minor_signal_at IS NOT NULL AS minor_signal
FROM fans f JOIN identities i ON i.fan_id = f.id
WHERE f.forgotten_at IS NULL AND ($1 = '' OR strpos(lower(i.handle), lower($1)) > 0 OR strpos(lower(coalesce(i.username, '')), lower($1)) > 0
    OR strpos(lower(coalesce(i.display_name, f.display_name, '')), lower($1)) > 0 OR replace(f.id::text, '-', '') LIKE replace(lower($1), '-', '') || '%'
    OR replace(f.id::text, '-', '') LIKE '%' || replace(lower($1), '-', ''))
ORDER BY f.id DESC LIMIT $2;

-- of_person: The identities behind some fan rows, with what the fan said of themselves.
SELECT f.id, i.platform, i.handle, i.username, coalesce(i.display_name, f.display_name) AS name, f.person_id, f.created_at,
    f.opted_out_at IS NOT NULL AS opted_out, f.minor_signal_at IS NOT NULL AS minor_signal
FROM fans f JOIN identities i ON i.fan_id = f.id WHERE f.id = ANY($1::uuid[]) ORDER BY f.id, i.id;
