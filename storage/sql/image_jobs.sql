-- add: Order a picture; the same id again changes nothing.
INSERT INTO image_jobs (id, agency_id, influencer_id, source, conversation_id, turn_id, fan_id, ordered_by, wish, request, model,
    adult_ok, cost, priority, state, judged, correlation_id, rank_at)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    clock_timestamp() + make_interval(secs => $13::integer * $17::float8))
ON CONFLICT (id) DO NOTHING;

-- claim: Lease the pictures to be painted next in one call, across agencies.
SELECT agency_id, id, fence, attempts FROM claim_pictures($1, $2, $3, $4, $5, $6, $7);

-- keep: Keep leases alive and note progress; answers those that are still their holder's.
SELECT keep_pictures AS id FROM keep_pictures($1, $2, $3, $4);

-- unkeyed: Orders of which nobody has said yet what they may be painted with.
SELECT id, request FROM image_jobs WHERE state = 'queued' AND NOT keyed ORDER BY id LIMIT $1;

-- set_key: What an order may be painted with.
UPDATE image_jobs SET batch_key = $2 WHERE id = $1 AND state = 'queued';

-- claimed: What a worker that holds the leases needs to paint and finish.
SELECT j.id, j.agency_id, j.influencer_id, i.name AS influencer, j.conversation_id, j.fan_id, j.wish, j.request, j.batch_key,
    j.adult_ok, j.attempts, j.fence, j.correlation_id
FROM image_jobs j JOIN influencers i ON i.id = j.influencer_id
WHERE j.id = ANY($1::uuid[]) AND j.leased_by = $2 AND j.state = 'painting' ORDER BY j.rank_at, j.id;

-- finishing: The picture is painted and is looked at, marked and put away now.
UPDATE image_jobs SET state = 'finishing', progress = 1 WHERE id = $1 AND fence = $2 AND state = 'painting';

-- end: The picture is done, or held for a person; the chat is owed it once it is done.
UPDATE image_jobs SET state = $3, asset_id = $4, seconds = $5, progress = 1, error = NULL, error_class = NULL, leased_by = NULL, lease_until = NULL, finished_at = clock_timestamp(),
    owed_at = CASE WHEN $3 = 'done' AND conversation_id IS NOT NULL THEN clock_timestamp() END
WHERE id = $1 AND fence = $2 AND state IN ('painting', 'finishing') RETURNING id;

-- fail: No picture comes of it; the chat is owed a word.
UPDATE image_jobs SET state = 'failed', error = $4, error_class = $3, judged = coalesce($5, judged), leased_by = NULL,
    lease_until = NULL, finished_at = clock_timestamp(),
    owed_at = CASE WHEN conversation_id IS NOT NULL THEN clock_timestamp() END
WHERE id = $1 AND ($2::bigint IS NULL OR fence = $2) AND state IN ('queued', 'painting', 'finishing', 'held') RETURNING id;

-- put_back: It is tried again after some seconds; an attempt that is not counted was nobody's fault.
UPDATE image_jobs SET state = 'queued', error = $5, error_class = $4, leased_by = NULL, lease_until = NULL, progress = 0,
    not_before = clock_timestamp() + make_interval(secs => $3), attempts = attempts - CASE WHEN $6 THEN 0 ELSE 1 END
WHERE id = $1 AND fence = $2 AND state IN ('painting', 'finishing') RETURNING id;

-- cancel: Nobody wants it any more; who paints it has lost it.
UPDATE image_jobs SET state = 'cancelled', fence = fence + 1, leased_by = NULL, lease_until = NULL,
    finished_at = clock_timestamp(), error = $2, error_class = 'Withdrawn',
    owed_at = CASE WHEN conversation_id IS NOT NULL AND $3 THEN clock_timestamp() END
WHERE id = $1 AND state IN ('queued', 'painting', 'finishing', 'held') RETURNING id;

-- allow: A person said yes: what was painted is done, what was not is painted.
UPDATE image_jobs SET state = CASE WHEN asset_id IS NULL THEN 'queued' ELSE 'done' END, error = NULL, error_class = NULL,
    not_before = clock_timestamp(), ordered_by = coalesce(ordered_by, $2),
    owed_at = CASE WHEN asset_id IS NOT NULL AND conversation_id IS NOT NULL THEN clock_timestamp() END
WHERE id = $1 AND state = 'held' RETURNING id;

-- load: One picture as a person sees it.
SELECT j.id, i.slug AS influencer, j.source, j.state, j.progress, j.conversation_id, j.turn_id, j.message_id, j.asset_id, j.ordered_by,
    j.wish, j.request, j.model, j.cost, j.priority, j.attempts, j.error_class, j.error, CASE WHEN a.judged_by IS NULL THEN j.judged ELSE
        jsonb_build_object('verdict', CASE a.moderation WHEN 'passed' THEN 'pass' WHEN 'held' THEN 'hold' ELSE 'refuse' END,
            'reasons', a.reasons, 'judge', a.judged_by) END AS judged,
    coalesce(a.marks, '{}') AS marks, coalesce(p.favourite, false) AS favourite, p.likeness, j.seconds, a.mime, a.width, a.height,
    j.created_at, j.started_at, j.finished_at
FROM image_jobs j JOIN influencers i ON i.id = j.influencer_id LEFT JOIN assets a ON a.id = j.asset_id
    LEFT JOIN pictures p ON p.asset_id = j.asset_id WHERE j.id = $1;

-- lock: One picture's state, locked to the end of the transaction.
SELECT id, state, asset_id FROM image_jobs WHERE id = $1 FOR UPDATE;

-- list: Pictures of the agency by whatever is asked, newest or oldest first, after the last one that was seen.
SELECT j.id, i.slug AS influencer, j.source, j.state, j.progress, j.conversation_id, j.turn_id, j.message_id, j.asset_id, j.ordered_by,
    j.wish, j.request, j.model, j.cost, j.priority, j.attempts, j.error_class, j.error, CASE WHEN a.judged_by IS NULL THEN j.judged ELSE
        jsonb_build_object('verdict', CASE a.moderation WHEN 'passed' THEN 'pass' WHEN 'held' THEN 'hold' ELSE 'refuse' END,
            'reasons', a.reasons, 'judge', a.judged_by) END AS judged,
    coalesce(a.marks, '{}') AS marks, coalesce(p.favourite, false) AS favourite, p.likeness, j.seconds, a.mime, a.width, a.height,
    j.created_at, j.started_at, j.finished_at
FROM image_jobs j JOIN influencers i ON i.id = j.influencer_id LEFT JOIN assets a ON a.id = j.asset_id
    LEFT JOIN pictures p ON p.asset_id = j.asset_id
WHERE (cardinality($1::text[]) = 0 OR j.state = ANY($1)) AND ($2::text IS NULL OR i.slug = $2)
    AND ($3::text IS NULL OR j.asset_id IN (SELECT find_pictures(current_agency(), NULL, $3)) OR (j.asset_id IS NULL
        AND to_tsvector('english', concat_ws(' ', j.request ->> 'prompt', j.wish ->> 'text')) @@ websearch_to_tsquery('english', $3)))
    AND ($4::text IS NULL OR j.wish ->> 'shape' = $4) AND ($5::boolean IS NULL OR coalesce(p.favourite, false) = $5)
    AND ($6::timestamptz IS NULL OR j.created_at >= $6) AND ($7::timestamptz IS NULL OR j.created_at < $7)
    AND ($8::uuid IS NULL OR CASE WHEN $9 THEN j.id > $8 ELSE j.id < $8 END) AND ($10::text IS NULL OR j.model = $10)
    AND ($11::uuid IS NULL OR EXISTS (SELECT FROM album_pictures k WHERE k.album_id = $11 AND k.asset_id = j.asset_id))
ORDER BY CASE WHEN $9::boolean THEN j.id END, j.id DESC LIMIT $12;

-- picture: Where a finished picture lies, and its thumbnail.
SELECT a.id AS asset_id, a.blob_key, a.mime, a.width, a.height, a.thumbnail_key
FROM image_jobs j JOIN assets a ON a.id = j.asset_id WHERE j.id = $1;

-- packs_of: The packs that a picture is in, and how often each was bought.
SELECT p.id, p.title, (SELECT count(*) FROM purchases b WHERE b.pack_id = p.id) AS sold
FROM image_jobs j JOIN pack_items i ON i.asset_id = j.asset_id JOIN packs p ON p.id = i.pack_id WHERE j.id = $1 ORDER BY p.title;

-- open_of_fan: How many pictures are being made for a fan and the same person's other fan rows.
SELECT count(*) FROM image_jobs WHERE fan_id = ANY($1::uuid[]) AND (state IN ('queued', 'painting', 'finishing', 'held')
    OR (state = 'done' AND owed_at IS NOT NULL));

-- unmade_of_fans: The pictures that are still to be made, or decided about, for some fans.
SELECT id FROM image_jobs WHERE fan_id = ANY($1::uuid[]) AND state IN ('queued', 'painting', 'finishing', 'held') ORDER BY id;

-- today_of_fans: How many pictures were ordered for some fans within the last day; those that came to nothing do not count.
SELECT count(*) FROM image_jobs WHERE fan_id = ANY($1::uuid[]) AND source = 'chat' AND state NOT IN ('failed', 'cancelled')
    AND created_at > clock_timestamp() - interval '1 day';

-- undecided: Pictures that wait for a person for so many days.
SELECT id FROM image_jobs WHERE state = 'held' AND created_at < clock_timestamp() - make_interval(days => $1) ORDER BY id LIMIT $2;

-- lock_person: Let one order of a person be looked at after the other, in whichever of their chats.
SELECT pg_advisory_xact_lock(hashtextextended((SELECT coalesce(f.person_id, f.id)::text FROM fans f WHERE f.id = $1), 23))::text;

-- open_of_chat: How far the pictures of a conversation are that the fan waits for.
SELECT id, state, progress FROM image_jobs
WHERE conversation_id = $1 AND (state IN ('queued', 'painting', 'finishing', 'held') OR (state = 'done' AND owed_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = image_jobs.message_id AND d.state NOT IN ('pending', 'sending', 'dropped'))))
ORDER BY id LIMIT 10;

-- waiting: How many pictures wait and are made in the agency.
SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state IN ('painting', 'finishing')) AS painting,
    count(*) FILTER (WHERE state = 'held') AS held
FROM image_jobs WHERE state IN ('queued', 'painting', 'finishing', 'held');

-- visible: A picture that was made for this fan and left for them, as their platform takes it.
SELECT a.id AS asset_id, coalesce(v.blob_key, a.blob_key) AS blob_key, coalesce(v.mime, a.mime) AS mime,
    coalesce(v.width, a.width) AS width, coalesce(v.height, a.height) AS height
FROM image_jobs j JOIN assets a ON a.id = j.asset_id LEFT JOIN asset_variants v ON v.asset_id = a.id AND v.platform = $3
WHERE j.fan_id = $1 AND a.id = $2 AND j.message_id IS NOT NULL AND j.state = 'done' LIMIT 1;

-- of_account: A picture that left in a chat of an account, as its platform takes it.
SELECT a.id AS asset_id, coalesce(v.blob_key, a.blob_key) AS blob_key, coalesce(v.mime, a.mime) AS mime,
    coalesce(v.width, a.width) AS width, coalesce(v.height, a.height) AS height
FROM image_jobs j JOIN assets a ON a.id = j.asset_id JOIN conversations c ON c.id = j.conversation_id
    JOIN accounts o ON o.id = c.account_id LEFT JOIN asset_variants v ON v.asset_id = a.id AND v.platform = o.platform
WHERE c.account_id = $1 AND j.id = $2 AND a.id = $3 AND j.message_id IS NOT NULL AND j.state = 'done';

-- hold_fans: Let whoever marks the person of a conversation as wanting no messages, or as under age, come before this transaction or after it.
SELECT f.id FROM fans f WHERE f.id = ANY(ARRAY(SELECT person_fans(c.fan_id) FROM conversations c WHERE c.id = $1)) ORDER BY f.id FOR SHARE;

-- owed: What a chat is still to hear of its pictures, locked to the end of the transaction.
SELECT j.id, j.state, j.fan_id, j.finished_at, j.message_id IS NOT NULL AS told, a.id AS asset_id, a.blob_key, a.mime, a.width,
    a.height, NOT c.reachable OR f.opted_out_at IS NOT NULL OR EXISTS (SELECT FROM fans o
        WHERE o.minor_signal_at IS NOT NULL AND (o.id = f.id OR o.person_id = f.person_id)) AS barred
FROM image_jobs j JOIN fans f ON f.id = j.fan_id JOIN conversations c ON c.id = j.conversation_id
LEFT JOIN assets a ON a.id = j.asset_id
WHERE j.conversation_id = $1 AND j.owed_at IS NOT NULL ORDER BY j.id FOR UPDATE OF j;

-- waits: Pictures of a conversation that have waited for a person for so many seconds, unsaid, locked to the end of the transaction.
SELECT j.id, NOT c.reachable OR f.opted_out_at IS NOT NULL OR EXISTS (SELECT FROM fans o
    WHERE o.minor_signal_at IS NOT NULL AND (o.id = f.id OR o.person_id = f.person_id)) AS barred
FROM image_jobs j JOIN fans f ON f.id = j.fan_id JOIN conversations c ON c.id = j.conversation_id
WHERE j.conversation_id = $1 AND j.state = 'held' AND j.waits_told_at IS NULL
    AND j.created_at < clock_timestamp() - make_interval(secs => $2) ORDER BY j.id FOR UPDATE OF j;

-- waits_told: The fan has heard that a picture takes longer, or is told nothing any more.
UPDATE image_jobs SET waits_told_at = clock_timestamp() WHERE id = ANY($1::uuid[]);

-- sends: The deliveries of a picture, or of the word in its place.
SELECT id, state FROM deliveries WHERE message_id = (SELECT message_id FROM image_jobs WHERE id = $1) ORDER BY seq;

-- renew: A picture that a change of hands dropped belongs to the agent again, and comes after what was said since.
UPDATE deliveries d SET state = 'pending', owner_epoch = c.owner_epoch, settled_at = NULL, error = NULL,
    not_before = clock_timestamp(), seq = DEFAULT
FROM conversations c WHERE d.id = $1 AND d.state = 'dropped' AND c.id = d.conversation_id AND c.owner = 'agent';

-- tell: The message that brings the picture, or the word in its place.
UPDATE image_jobs SET message_id = $2 WHERE id = $1;

-- owe: The chat is looked at again after some seconds; none: it has heard what it is to hear.
UPDATE image_jobs SET owed_at = clock_timestamp() + make_interval(secs => $2) WHERE id = $1;
