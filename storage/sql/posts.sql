-- add: Put a post on the calendar.
INSERT INTO posts (id, agency_id, influencer_id, account_id, group_id, series_id, slot, state, local_at, zone, planned_at, late_s,
                   target, caption, language, made_by_ai, asset_ids, made_by, conversation_id)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (series_id, slot) DO NOTHING;

-- list: Posts of the present agency in the order of their times, with where they go.
SELECT p.id, p.influencer_id, i.slug AS influencer, p.account_id, a.platform, a.key AS account, p.group_id, p.series_id, p.slot,
    p.state, p.local_at, p.zone, p.planned_at, p.late_s, p.target, p.caption, p.language, p.made_by_ai, p.asset_ids, p.attempts, p.failures,
    p.platform_ids, p.error_class, p.error, p.published_at, p.made_by, p.approved_by, p.conversation_id, s.rule
FROM posts p JOIN influencers i ON i.id = p.influencer_id JOIN accounts a ON a.id = p.account_id
    LEFT JOIN post_series s ON s.id = p.series_id
WHERE ($1::text IS NULL OR i.slug = $1) AND ($2::text[] IS NULL OR p.state = ANY($2))
    AND ($3::timestamptz IS NULL OR p.planned_at >= $3) AND ($4::timestamptz IS NULL OR p.planned_at < $4)
ORDER BY p.planned_at, p.id LIMIT $5;

-- load: One post, with where it goes.
SELECT p.id, p.influencer_id, i.slug AS influencer, p.account_id, a.platform, a.key AS account, p.group_id, p.series_id, p.slot,
    p.state, p.local_at, p.zone, p.planned_at, p.late_s, p.target, p.caption, p.language, p.made_by_ai, p.asset_ids, p.attempts, p.failures,
    p.platform_ids, p.error_class, p.error, p.published_at, p.made_by, p.approved_by, p.conversation_id, s.rule
FROM posts p JOIN influencers i ON i.id = p.influencer_id JOIN accounts a ON a.id = p.account_id
    LEFT JOIN post_series s ON s.id = p.series_id
WHERE p.id = $1;

-- lock: Hold a post until the transaction ends.
SELECT id FROM posts WHERE id = $1 FOR UPDATE;

-- edit: Change what is to be published, and when; an approved proposal is a person's, and names no chat any more.
UPDATE posts SET state = $2, local_at = $3, zone = $4, planned_at = $5, target = $6, caption = $7, language = $8, made_by_ai = $9,
    asset_ids = $10, approved_by = $11, conversation_id = $12, not_before = '-infinity', failures = 0, error = NULL, error_class = NULL
WHERE id = $1;

-- fall_due: A post's time has come.
UPDATE posts SET state = 'pending' WHERE id = $1 AND state = 'planned' AND planned_at <= $2;

-- queue_up: Let the claims of one account come one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('posts of ' || $1::uuid, 0));

-- waits: Seconds for which a pending post must wait, as a failed try asked.
SELECT greatest(0, extract(epoch FROM not_before - clock_timestamp()))::float8 FROM posts WHERE id = $1 AND not_before > '-infinity';

-- newest_out: When the account last published there, or began to.
SELECT max(coalesce(published_at, claimed_at)) FROM posts
WHERE account_id = $1 AND target = $2 AND (published_at IS NOT NULL OR state IN ('publishing', 'unknown'));

-- superseded: Whether a later slot of the same series is due already.
SELECT EXISTS (SELECT FROM posts p WHERE p.series_id = $1 AND p.slot > $2 AND p.planned_at <= $3);

-- claim: Take a post that is due; nobody else publishes it.
UPDATE posts SET state = 'publishing', attempts = attempts + 1, claimed_at = clock_timestamp(), claimed_by = $2
WHERE id = $1 AND state = 'pending' AND not_before <= clock_timestamp() RETURNING attempts;

-- retime: The planned local time means another instant than was thought.
UPDATE posts SET state = 'planned', planned_at = $2 WHERE id = $1 AND state = 'pending';

-- put_off: Try a pending post later.
UPDATE posts SET not_before = clock_timestamp() + make_interval(secs => $2) WHERE id = $1 AND state = 'pending';

-- give_up: A post that did not go out in time, or cannot.
UPDATE posts SET state = 'failed', error_class = $2, error = $3 WHERE id = $1 AND state IN ('planned', 'pending');

-- settle: What became of a claim of this attempt; that it was published always counts.
UPDATE posts SET state = $3, platform_ids = $4, error_class = $5, error = $6,
    published_at = CASE WHEN $3 = 'published' THEN $8::timestamptz END,
    not_before = CASE WHEN $3 = 'pending' THEN clock_timestamp() + make_interval(secs => $7) ELSE not_before END,
    failures = failures + CASE WHEN $3 = 'pending' AND $9 THEN 1 ELSE 0 END
WHERE id = $1 AND (state = 'publishing' AND attempts = $2 OR $3 = 'published' AND state IN ('publishing', 'unknown', 'failed'));

-- hanging: A claim that is so many seconds old, and whose it is.
SELECT attempts, claimed_by, extract(epoch FROM clock_timestamp() - claimed_at)::float8 AS age_s
FROM posts WHERE id = $1 AND state = 'publishing';

-- resolve: A person says what became of a post.
UPDATE posts SET state = $2, approved_by = $3, error_class = $4, error = $5,
    published_at = CASE WHEN $2 = 'published' THEN coalesce(published_at, $6::timestamptz) END
WHERE id = $1;

-- published_ids: Those of a platform's ids that stand on a post of the account already.
SELECT unnest(platform_ids) AS platform_id FROM posts WHERE account_id = $1 AND platform_ids && $2::text[];

-- proposals: How many proposals of a conversation wait for a person, one left out; what goes to several places at once is one.
SELECT count(DISTINCT group_id) FROM posts WHERE conversation_id = $1 AND state = 'proposed' AND group_id IS DISTINCT FROM $2;

-- cancel_series: Take the posts of a series that are still to come off the calendar.
UPDATE posts SET state = 'cancelled', approved_by = $2 WHERE series_id = $1 AND state IN ('proposed', 'planned', 'pending');

-- assets: Pictures of an influencer by their ids, in that order.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height
FROM unnest($2::uuid[]) WITH ORDINALITY AS w (id, n) JOIN assets a ON a.id = w.id AND a.influencer_id = $1 ORDER BY w.n;

-- shown_asset: A picture of a post that an account was given to publish, as its platform takes it.
SELECT a.id AS asset_id, coalesce(v.blob_key, a.blob_key) AS blob_key, coalesce(v.mime, a.mime) AS mime,
    coalesce(v.width, a.width) AS width, coalesce(v.height, a.height) AS height
FROM posts p JOIN assets a ON a.id = ANY(p.asset_ids) JOIN accounts o ON o.id = p.account_id
    LEFT JOIN asset_variants v ON v.asset_id = a.id AND v.platform = o.platform
WHERE p.id = $1 AND p.account_id = $2 AND a.id = $3 AND p.state IN ('publishing', 'published', 'unknown');

-- places: The accounts of an influencer, in the order of their platforms.
SELECT a.id, a.platform, a.key, coalesce(v.document ->> 'time_zone', 'UTC') AS zone, d.target
FROM accounts a JOIN influencers i ON i.id = a.influencer_id LEFT JOIN persona_versions v ON v.id = i.persona_version_id
    LEFT JOIN post_places d ON d.account_id = a.id
WHERE a.influencer_id = $1 AND a.active ORDER BY a.platform, a.key;

-- waiting: How many posts wait for a person: in doubt, or proposed.
SELECT count(*) FILTER (WHERE state = 'unknown') AS unknown, count(*) FILTER (WHERE state = 'proposed') AS proposed
FROM posts WHERE state IN ('unknown', 'proposed');

-- set_place: Where posts of an account go when nobody says otherwise.
INSERT INTO post_places (account_id, agency_id, target) VALUES ($1, current_agency(), $2)
ON CONFLICT (account_id) DO UPDATE SET target = excluded.target;
