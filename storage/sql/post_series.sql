-- add: Begin a plan that comes again.
INSERT INTO post_series (id, agency_id, influencer_id, account_id, rule, anchor_at, zone, target, caption, language, made_by_ai,
                         asset_ids, late_s, next_at, made_by)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- lock: One plan, held until the transaction ends.
SELECT id, influencer_id, account_id, rule, anchor_at, zone, target, caption, language, made_by_ai, asset_ids, late_s, slot, next_at,
    skipped, active, made_by FROM post_series WHERE id = $1 FOR UPDATE;

-- move: The newest slot on the calendar is another one now.
UPDATE post_series SET slot = $2, next_at = $3, skipped = skipped + $4 WHERE id = $1;

-- end: A plan comes no more.
UPDATE post_series SET active = false WHERE id = $1;
