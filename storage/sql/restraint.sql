-- caps: The caps of the present agency where they are not the house's.
SELECT caps::text FROM agencies WHERE id = current_agency();

-- set_caps: Caps for the present agency; none: the house's.
UPDATE agencies SET caps = $1::text::jsonb WHERE id = current_agency();

-- note_rest: Nothing is offered to a fan for a while.
INSERT INTO sale_rests (id, agency_id, fan_id, influencer_id, cause) VALUES ($1, current_agency(), $2, $3, $4);

-- end_no: Some fans ask an influencer for content again, after a no.
UPDATE sale_rests SET ended_at = clock_timestamp()
WHERE fan_id = ANY($1::uuid[]) AND influencer_id = $2 AND cause = 'no' AND ended_at IS NULL;

-- rests: Why nothing is offered to some fans by an influencer, and since when: the latest of each cause. A no concerns the influencer it was said to.
SELECT DISTINCT ON (r.cause) r.cause, r.noted_at, extract(epoch FROM coalesce($3::timestamptz, clock_timestamp()) - r.noted_at)::float8 AS age_s
FROM sale_rests r
WHERE r.fan_id = ANY($1::uuid[]) AND r.ended_at IS NULL AND (r.cause <> 'no' OR r.influencer_id = $2)
ORDER BY r.cause, r.noted_at DESC;

-- spent: What some fans have spent in a unit within a day, a week and thirty days before a moment; given back is not spent.
SELECT coalesce(sum(h.amount) FILTER (WHERE h.purchased_at > w.moment - interval '1 day'), 0)::bigint AS day,
    coalesce(sum(h.amount) FILTER (WHERE h.purchased_at > w.moment - interval '7 days'), 0)::bigint AS week,
    coalesce(sum(h.amount), 0)::bigint AS month
FROM (SELECT coalesce($3::timestamptz, clock_timestamp()) AS moment) AS w
LEFT JOIN holdings h ON h.fan_id = ANY($1::uuid[]) AND h.unit = $2 AND h.purchased_at > w.moment - interval '30 days';

-- bound: The same with what they were let pay so many seconds ago at most and has not arrived yet; one offer is left out.
WITH let AS (SELECT coalesce(sum(amount), 0)::bigint AS amount FROM (
    SELECT DISTINCT ON (f.id) k.amount FROM offers f JOIN checkouts k ON k.payload = f.payload AND k.accepted
    WHERE f.fan_id = ANY($1::uuid[]) AND k.unit = $2 AND k.asked_at > clock_timestamp() - make_interval(secs => $4)
        AND f.id IS DISTINCT FROM $5::uuid AND NOT EXISTS (SELECT FROM purchases b WHERE b.offer_id = f.id)) AS one)
SELECT coalesce(sum(h.amount) FILTER (WHERE h.purchased_at > w.moment - interval '1 day'), 0)::bigint + let.amount AS day,
    coalesce(sum(h.amount) FILTER (WHERE h.purchased_at > w.moment - interval '7 days'), 0)::bigint + let.amount AS week,
    coalesce(sum(h.amount), 0)::bigint + let.amount AS month
FROM (SELECT coalesce($3::timestamptz, clock_timestamp()) AS moment) AS w CROSS JOIN let
LEFT JOIN holdings h ON h.fan_id = ANY($1::uuid[]) AND h.unit = $2 AND h.purchased_at > w.moment - interval '30 days' GROUP BY let.amount;

-- units: In which units some fans have spent or set limits.
SELECT h.unit FROM holdings h WHERE h.fan_id = ANY($1::uuid[]) UNION SELECT l.unit FROM spend_limits l WHERE l.fan_id = ANY($1::uuid[])
ORDER BY unit;

-- limits: What some fans let us sell them at most, as it holds at a moment: the lowest of each unit and period.
SELECT e.unit, e.period, min(e.amount)::bigint AS amount FROM (
    SELECT l.unit, l.period, CASE WHEN l.next_at <= coalesce($2::timestamptz, clock_timestamp()) THEN l.next_amount ELSE l.amount END AS amount
    FROM spend_limits l WHERE l.fan_id = ANY($1::uuid[])) AS e
WHERE e.amount IS NOT NULL GROUP BY e.unit, e.period ORDER BY e.unit, e.period;

-- settle_limits: What a fan's limits were to become, they have become.
WITH due AS (SELECT l.fan_id, l.unit, l.period FROM spend_limits l WHERE l.fan_id = $1 AND l.next_at <= clock_timestamp()),
    lifted AS (DELETE FROM spend_limits l USING due d WHERE l.next_amount IS NULL
        AND (l.fan_id, l.unit, l.period) = (d.fan_id, d.unit, d.period))
UPDATE spend_limits l SET amount = l.next_amount, set_at = l.next_at, next_amount = NULL, next_at = NULL
FROM due d WHERE l.next_amount IS NOT NULL AND (l.fan_id, l.unit, l.period) = (d.fan_id, d.unit, d.period);

-- set_limit: A fan's limit in a unit and period: a lower one at once, a higher one after some days; a first one at once.
INSERT INTO spend_limits AS l (fan_id, agency_id, unit, period, amount) VALUES ($1, current_agency(), $2, $3, $4)
ON CONFLICT (fan_id, unit, period) DO UPDATE SET
    amount = least(l.amount, excluded.amount),
    set_at = CASE WHEN excluded.amount < l.amount THEN clock_timestamp() ELSE l.set_at END,
    next_amount = CASE WHEN excluded.amount > l.amount THEN excluded.amount END,
    next_at = CASE WHEN excluded.amount > l.amount THEN clock_timestamp() + make_interval(days => $5) END;

-- lift_limits: A fan wants no limit any more: so it is, after some days.
UPDATE spend_limits SET next_amount = NULL, next_at = clock_timestamp() + make_interval(days => $2) WHERE fan_id = $1;

-- offers: How many offers an influencer made to some fans in the last day, and their messages in a conversation since the last one there.
SELECT (SELECT count(*) FROM offers o JOIN packs p ON p.id = o.pack_id WHERE o.fan_id = ANY($1::uuid[]) AND p.influencer_id = $2
        AND o.id IS DISTINCT FROM $4 AND o.offered_at > coalesce($5::timestamptz, clock_timestamp()) - interval '1 day') AS today,
    CASE WHEN last.at IS NOT NULL THEN (SELECT count(*) FROM messages m WHERE m.conversation_id = $3 AND m.direction = 'in'
        AND m.kind <> 'purchase' AND m.received_at > last.at) END AS messages_since
FROM (SELECT (SELECT max(o.offered_at) FROM offers o WHERE o.conversation_id = $3 AND o.id IS DISTINCT FROM $4) AS at) AS last;

-- offer: To whom, by whom, where and for how much an offer was made.
SELECT o.fan_id, c.influencer_id, o.conversation_id, o.amount, o.unit, o.offered_at FROM offers o JOIN conversations c ON c.id = o.conversation_id
WHERE o.id = $1;

-- person: The fan rows of a person.
SELECT person_fans($1);

-- all_limits: A fan's limits with what they will become.
SELECT unit, period, amount, set_at, next_amount, next_at FROM spend_limits WHERE fan_id = ANY($1::uuid[]) ORDER BY unit, period;

-- barred: Why a fan gets nothing at all: `minor` when any row of the person is flagged, else `out` when this one asked for no messages.
SELECT CASE WHEN EXISTS (SELECT FROM fans o WHERE o.id IN (SELECT person_fans(f.id)) AND o.minor_signal_at IS NOT NULL) THEN 'minor'
    WHEN f.opted_out_at IS NOT NULL THEN 'out' END AS why
FROM fans f WHERE f.id = $1;
