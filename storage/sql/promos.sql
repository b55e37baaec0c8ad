-- standing: Promos of an influencer that stand for a fan on a platform now: those of some ways, and the one of a code.
SELECT p.id, p.slug, p.title, p.kind, p.way, p.percent, p.amount, p.unit, p.take, p.least, p.stacks, p.hold_s,
    ARRAY(SELECT k.pack_id FROM promo_packs k WHERE k.promo_id = p.id ORDER BY 1) AS packs, u.code_id
FROM (SELECT o.id AS promo_id, NULL::uuid AS code_id FROM promos o WHERE o.influencer_id = $1 AND o.way = ANY($4::text[])
    UNION ALL SELECT c.promo_id, c.id FROM promo_codes c WHERE c.code = $5) u
JOIN promos p ON p.id = u.promo_id
WHERE p.influencer_id = $1 AND promo_stands(p, u.code_id, $2, $3) ORDER BY p.created_at, p.id;

-- lock: Let nobody take a place of some promos meanwhile, to the end of the transaction; in one order.
SELECT id FROM promos WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE;

-- standing_of: Of promos with their codes, those that stand for a fan on a platform now.
SELECT p.id, p.slug, p.title, p.kind, p.way, p.percent, p.amount, p.unit, p.take, p.least, p.stacks, p.hold_s,
    ARRAY(SELECT k.pack_id FROM promo_packs k WHERE k.promo_id = p.id ORDER BY 1) AS packs, u.code_id
FROM unnest($4::uuid[], $5::uuid[]) AS u (promo_id, code_id) JOIN promos p ON p.id = u.promo_id
WHERE p.influencer_id = $1 AND promo_stands(p, u.code_id, $2, $3) ORDER BY p.created_at, p.id;

-- hold: Hold a place of a promo for an offer, no longer than the promo lasts.
INSERT INTO promo_uses (offer_id, promo_id, agency_id, code_id, hold_until)
SELECT $1, p.id, p.agency_id, $3, least(clock_timestamp() + make_interval(secs => p.hold_s), p.ends_at) FROM promos p WHERE p.id = $2;

-- let_go: A person holds one place of a promo at a time: what older offers held is free.
UPDATE promo_uses u SET hold_until = 'epoch' FROM offers o
WHERE u.promo_id = ANY($1::uuid[]) AND o.id = u.offer_id AND u.redeemed_at IS NULL AND u.offer_id <> $2
    AND o.fan_id IN (SELECT person_fans($3));

-- uses_of: The places that an offer has, and whether each is there still.
SELECT u.promo_id, u.code_id, u.redeemed_at IS NOT NULL OR u.hold_until > clock_timestamp() AS held FROM promo_uses u
WHERE u.offer_id = $1 ORDER BY u.promo_id;

-- renew: The places of an offer are held from now on, no longer than their promos last.
UPDATE promo_uses u SET hold_until = greatest(u.hold_until, least(clock_timestamp() + make_interval(secs => p.hold_s), p.ends_at))
FROM promos p WHERE u.offer_id = $1 AND p.id = u.promo_id AND u.redeemed_at IS NULL;

-- where_of: Whose an offer is, by which influencer, on which platform.
SELECT o.fan_id, c.influencer_id, a.platform FROM offers o JOIN conversations c ON c.id = o.conversation_id
JOIN accounts a ON a.id = c.account_id WHERE o.id = $1;

-- code_state: What a code is worth to a fan on a platform; nothing for one that the influencer does not have or that is somebody else's.
SELECT CASE WHEN promo_stands(p, c.id, $2, $3) THEN 'stands'
    WHEN p.starts_at > clock_timestamp() THEN 'early'
    WHEN p.ends_at <= clock_timestamp() THEN 'over'
    WHEN cardinality(p.platforms) > 0 AND $3 <> ALL (p.platforms) THEN 'elsewhere'
    WHEN EXISTS (SELECT FROM promo_uses u JOIN offers o ON o.id = u.offer_id WHERE u.promo_id = p.id AND u.redeemed_at IS NOT NULL
        AND o.fan_id IN (SELECT person_fans($2))) THEN 'had'
    WHEN p.kind = 'trial' AND EXISTS (SELECT FROM purchases b JOIN packs k ON k.id = b.pack_id
        WHERE k.influencer_id = p.influencer_id AND b.fan_id IN (SELECT person_fans($2))) THEN 'bought'
    ELSE 'gone' END
FROM promo_codes c JOIN promos p ON p.id = c.promo_id
WHERE c.code = $4 AND p.influencer_id = $1 AND (c.fan_id IS NULL OR c.fan_id IN (SELECT person_fans($2)));

-- codes_among: Those of some words that are codes of an influencer's promos which run now, and nobody else's than the fan's.
SELECT c.code FROM promo_codes c JOIN promos p ON p.id = c.promo_id
WHERE c.code = ANY($3::text[]) AND p.influencer_id = $1 AND p.starts_at <= clock_timestamp()
    AND (p.ends_at IS NULL OR p.ends_at > clock_timestamp()) AND (c.fan_id IS NULL OR c.fan_id IN (SELECT person_fans($2)));

-- add: A new promo of an influencer.
INSERT INTO promos (id, agency_id, influencer_id, slug, title, kind, way, percent, amount, unit, take, least, per_fan, total, platforms, stacks,
    starts_at, ends_at, hold_s, made_by)
VALUES ($1, current_agency(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, coalesce($16, clock_timestamp()), $17, $18, $19)
ON CONFLICT DO NOTHING RETURNING id;

-- add_pack: A promo is for this pack.
INSERT INTO promo_packs (promo_id, pack_id, agency_id) VALUES ($1, $2, current_agency());

-- packs_named: Packs of an influencer by their short names.
SELECT id, slug FROM packs WHERE influencer_id = $1 AND slug = ANY($2::text[]);

-- add_code: A code of a promo; nothing where the agency has it already.
INSERT INTO promo_codes (id, agency_id, promo_id, code, once, fan_id) VALUES ($1, current_agency(), $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING code;

-- codes: The codes of a promo with what became of each, in the order of their making.
SELECT c.code, c.once, c.fan_id, (SELECT count(*) FROM promo_uses u WHERE u.code_id = c.id AND u.redeemed_at IS NOT NULL) AS redeemed
FROM promo_codes c WHERE c.promo_id = $1 ORDER BY c.made_at, c.id LIMIT $2;

-- list: Promos of the agency with how far each is, those that stand first; those of one influencer, or one by its id.
SELECT p.id, i.slug AS influencer, p.slug, p.title, p.kind, p.way, p.percent, p.amount, p.unit, p.take, p.least, p.per_fan, p.total,
    p.platforms, p.stacks, p.starts_at, p.ends_at, p.hold_s, p.made_by, p.created_at,
    ARRAY(SELECT b.slug FROM promo_packs k JOIN packs b ON b.id = k.pack_id WHERE k.promo_id = p.id ORDER BY 1) AS packs,
    (SELECT count(*) FROM promo_codes c WHERE c.promo_id = p.id) AS codes,
    (SELECT count(*) FROM promo_uses u WHERE u.promo_id = p.id AND u.redeemed_at IS NOT NULL) AS redeemed,
    (SELECT count(*) FROM promo_uses u WHERE u.promo_id = p.id AND u.redeemed_at IS NULL AND u.hold_until > clock_timestamp()) AS held,
    CASE WHEN p.ends_at <= clock_timestamp() THEN 'over' WHEN p.starts_at > clock_timestamp() THEN 'early'
        WHEN p.total <= (SELECT count(*) FROM promo_uses u WHERE u.promo_id = p.id AND u.redeemed_at IS NOT NULL) THEN 'used up'
        ELSE 'stands' END AS state
FROM promos p JOIN influencers i ON i.id = p.influencer_id
WHERE ($1::text IS NULL OR i.slug = $1) AND ($2::uuid IS NULL OR p.id = $2)
ORDER BY i.slug, coalesce(p.ends_at <= clock_timestamp(), false), p.created_at DESC, p.id;

-- end: A promo is offered no more from now on; offers that hold a place keep it for their time.
UPDATE promos SET ends_at = clock_timestamp() WHERE id = $1 AND (ends_at IS NULL OR ends_at > clock_timestamp());
