-- answered_by_nobody: A fan's message counts as answered, but no turn answered it and no person ever held the conversation.
SELECT m.id, m.conversation_id, 'answered at ' || m.answered_at AS detail, count(*) OVER () AS total
FROM messages m JOIN conversations c ON c.id = m.conversation_id
WHERE m.direction = 'in' AND m.answered_at IS NOT NULL AND m.answered_by IS NULL AND c.owner_epoch = 1 LIMIT $1;

-- answered_elsewhere: A fan's message is answered by a turn of another conversation.
SELECT m.id, m.conversation_id, 'answered by turn ' || t.id AS detail, count(*) OVER () AS total
FROM messages m JOIN turns t ON t.id = m.answered_by WHERE t.conversation_id <> m.conversation_id LIMIT $1;

-- turn_over_nothing: A turn answered no message: another turn had answered them, or has taken them since.
SELECT t.id, t.conversation_id, 'fence ' || t.fence || ', ' || t.verdict AS detail, count(*) OVER () AS total FROM turns t
WHERE NOT EXISTS (SELECT FROM messages m WHERE m.answered_by = t.id) LIMIT $1;

-- turn_without_reply: A turn decided to send, but there is no delivery of it.
SELECT t.id, t.conversation_id, 'fence ' || t.fence AS detail, count(*) OVER () AS total FROM turns t
WHERE t.verdict = 'send' AND NOT EXISTS (SELECT FROM deliveries d WHERE d.turn_id = t.id) LIMIT $1;

-- hold_without_draft: A turn was held for a person, but there is no draft of it.
SELECT t.id, t.conversation_id, coalesce(t.reason, 'no reason') AS detail, count(*) OVER () AS total FROM turns t
WHERE t.verdict = 'hold' AND NOT EXISTS (SELECT FROM drafts d WHERE d.turn_id = t.id) LIMIT $1;

-- unanswered_asleep: A fan's message waits for the agent, but no turn is due and nobody thinks one.
SELECT c.id, c.id AS conversation_id, 'waits since ' || coalesce(c.first_unanswered_at::text, 'unknown') AS detail,
    count(*) OVER () AS total
FROM conversations c
WHERE c.owner = 'agent' AND c.due_at IS NULL AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
    AND EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.answered_at IS NULL
        AND m.deleted_at IS NULL) LIMIT $1;

-- fence_backwards: A turn was committed under a fencing token that is not above that of the turn before it.
SELECT t.id, t.conversation_id, 'fence ' || t.fence || ' after ' || t.before AS detail, count(*) OVER () AS total
FROM (SELECT id, conversation_id, fence, lag(fence) OVER (PARTITION BY conversation_id ORDER BY committed_at, fence) AS before
      FROM turns) AS t WHERE t.fence <= t.before LIMIT $1;

-- fence_ahead: A turn has a fencing token that its conversation has not given out yet.
SELECT t.id, t.conversation_id, 'fence ' || t.fence || ' of ' || c.fence AS detail, count(*) OVER () AS total
FROM turns t JOIN conversations c ON c.id = t.conversation_id WHERE t.fence > c.fence LIMIT $1;

-- epoch_ahead: A delivery was made under an ownership that its conversation has not reached yet.
SELECT d.id, d.conversation_id, 'epoch ' || d.owner_epoch || ' of ' || c.owner_epoch AS detail, count(*) OVER () AS total
FROM deliveries d JOIN conversations c ON c.id = d.conversation_id WHERE d.owner_epoch > c.owner_epoch LIMIT $1;

-- delivery_without_cause: Something is sent as the agent or the house, but no turn said it, nothing was bought and no picture made.
SELECT d.id, d.conversation_id, d.state || ', by ' || m.author AS detail, count(*) OVER () AS total
FROM deliveries d JOIN messages m ON m.id = d.message_id
WHERE m.direction = 'in' OR (d.turn_id IS NULL AND m.author <> 'operator' AND NOT EXISTS (SELECT FROM handovers h
    WHERE h.conversation_id = d.conversation_id AND h.purchase_id::text = d.part ->> 'purchase_id')
    AND NOT EXISTS (SELECT FROM image_jobs j WHERE j.message_id = m.id OR j.id::text = d.part ->> 'job_id')
    AND NOT EXISTS (SELECT FROM links l WHERE l.id::text = m.meta ->> 'link_id')) LIMIT $1;

-- delivery_astray: A delivery's message or turn belongs to another conversation.
SELECT d.id, d.conversation_id, 'message ' || m.id AS detail, count(*) OVER () AS total
FROM deliveries d JOIN messages m ON m.id = d.message_id LEFT JOIN turns t ON t.id = d.turn_id
WHERE m.conversation_id <> d.conversation_id OR t.conversation_id <> d.conversation_id LIMIT $1;

-- message_without_delivery: Something that we say has no delivery, so that it never leaves.
SELECT m.id, m.conversation_id, m.author || ', ' || m.kind AS detail, count(*) OVER () AS total FROM messages m
WHERE m.direction = 'out' AND NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = m.id) LIMIT $1;

-- message_with_deliveries: One message has more than one delivery, so that the fan gets it twice.
SELECT d.message_id AS id, (array_agg(d.conversation_id))[1] AS conversation_id, count(*) || ' deliveries' AS detail,
    count(*) OVER () AS total
FROM deliveries d GROUP BY d.message_id HAVING count(*) > 1 LIMIT $1;

-- sending_too_long: A send was begun longer ago than any call takes, and nobody has settled it.
SELECT d.id, d.conversation_id, 'since ' || d.claimed_at || ' by ' || coalesce(d.claimed_by, 'nobody') AS detail,
    count(*) OVER () AS total
FROM deliveries d
WHERE d.state = 'sending' AND coalesce(d.claimed_at < clock_timestamp() - make_interval(secs => $2), true) LIMIT $1;

-- parts_out_of_order: A later part of a reply was sent before an earlier one.
SELECT d.id, d.conversation_id, 'part ' || d.seq || ' before ' || d.before_seq AS detail, count(*) OVER () AS total
FROM (SELECT id, conversation_id, seq, claimed_at, state, lag(seq) OVER reply AS before_seq,
             lag(claimed_at) OVER reply AS before_claimed, lag(state) OVER reply AS before_state
      FROM deliveries WHERE claimed_at IS NOT NULL OR state = 'pending'
      WINDOW reply AS (PARTITION BY conversation_id, turn_id, correlation_id ORDER BY seq)) AS d
WHERE d.state IN ('sending', 'sent', 'unknown') AND (d.before_state = 'pending' OR d.claimed_at < d.before_claimed) LIMIT $1;

-- sent_after_doubt: A part of a reply was sent although an earlier one may not have arrived, and no person has decided.
SELECT d.id, d.conversation_id, 'part ' || d.seq || ' after ' || d.before_seq || ', which is ' || d.before_state AS detail,
    count(*) OVER () AS total
FROM (SELECT id, conversation_id, seq, state, lag(seq) OVER reply AS before_seq, lag(state) OVER reply AS before_state
      FROM deliveries WINDOW reply AS (PARTITION BY conversation_id, turn_id, correlation_id ORDER BY seq)) AS d
WHERE d.before_state IN ('unknown', 'not_sent', 'stopped') AND d.state IN ('sending', 'sent') LIMIT $1;

-- draft_astray: A draft's turn belongs to another conversation.
SELECT d.id, d.conversation_id, 'turn ' || t.id AS detail, count(*) OVER () AS total
FROM drafts d JOIN turns t ON t.id = d.turn_id WHERE t.conversation_id <> d.conversation_id LIMIT $1;

-- purchase_astray: A purchase is of another pack, by another fan or at another price than its offer.
SELECT p.id, o.conversation_id, 'offer ' || o.id AS detail, count(*) OVER () AS total
FROM purchases p JOIN offers o ON o.id = p.offer_id
WHERE p.fan_id <> o.fan_id OR p.pack_id <> o.pack_id OR p.amount <> o.amount OR p.unit <> o.unit LIMIT $1;

-- bought_twice: A person bought a pack twice, kept both, and no refund of the later one was ordered.
SELECT later.id, o.conversation_id, 'pack ' || later.pack_id AS detail, count(*) OVER () AS total
FROM holdings later JOIN offers o ON o.id = later.offer_id JOIN fans f ON f.id = later.fan_id
WHERE NOT EXISTS (SELECT FROM refund_orders r WHERE r.purchase_id = later.id) AND EXISTS (
    SELECT FROM holdings h JOIN fans g ON g.id = h.fan_id WHERE h.pack_id = later.pack_id AND h.offer_id <> later.offer_id
        AND g.id = f.id AND h.id < later.id AND NOT EXISTS (SELECT FROM refund_orders r WHERE r.purchase_id = h.id)) LIMIT $1;

-- price_without_promo: An offer lies below the price of its packs and rests on no promo, or rests on one and does not.
SELECT o.id, o.conversation_id, o.amount || ' instead of ' || coalesce(o.list_amount::text, 'nothing') AS detail, count(*) OVER () AS total
FROM offers o WHERE (o.list_amount IS NOT NULL) <> EXISTS (SELECT FROM promo_uses u WHERE u.offer_id = o.id) LIMIT $1;

-- promo_overrun: A promo was redeemed more often than it may be.
SELECT p.id, NULL::uuid AS conversation_id, p.slug || ': ' || count(u.*) || ' of ' || p.total AS detail, count(*) OVER () AS total
FROM promos p JOIN promo_uses u ON u.promo_id = p.id AND u.redeemed_at IS NOT NULL GROUP BY p.id HAVING count(u.*) > p.total LIMIT $1;

-- redeemed_unpaid: A promo counts as redeemed by an offer that nobody bought; what forgotten people bought is kept for its term only.
SELECT u.offer_id AS id, o.conversation_id, 'promo ' || u.promo_id AS detail, count(*) OVER () AS total
FROM promo_uses u JOIN offers o ON o.id = u.offer_id JOIN fans f ON f.id = o.fan_id AND f.forgotten_at IS NULL
WHERE u.redeemed_at IS NOT NULL AND NOT EXISTS (SELECT FROM purchases p WHERE p.offer_id = u.offer_id) LIMIT $1;

-- forgotten_yet_known: A fan row that stands for somebody who was forgotten has messages, facts, episodes or links.
SELECT f.id, c.id AS conversation_id, 'forgotten ' || f.forgotten_at AS detail, count(*) OVER () AS total
FROM fans f JOIN conversations c ON c.fan_id = f.id
WHERE f.forgotten_at IS NOT NULL AND (EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id)
    OR EXISTS (SELECT FROM facts k WHERE k.fan_id = f.id) OR EXISTS (SELECT FROM episodes e WHERE e.fan_id = f.id)
    OR EXISTS (SELECT FROM links l WHERE f.id IN (l.fan_id, l.other_fan_id))) LIMIT $1;

-- remains_overdue: What was forgotten or grew too old should have left an index or the files a day ago, and no worker saw to it.
SELECT d.id, NULL::uuid AS conversation_id, d.kind || ', ' || cardinality(d.items) || ' since ' || d.made_at AS detail, count(*) OVER () AS total
FROM pending_deletions d WHERE d.made_at < clock_timestamp() - interval '1 day' LIMIT $1;

-- link_without_person: A confirmed link joins two fan rows that are not read as one person.
SELECT l.id, (SELECT c.id FROM conversations c WHERE c.fan_id = a.id ORDER BY c.id LIMIT 1) AS conversation_id, l.way || ' by ' || l.made_by AS detail, count(*) OVER () AS total
FROM links l JOIN fans a ON a.id = l.fan_id JOIN fans b ON b.id = l.other_fan_id
WHERE l.state = 'confirmed' AND a.person_id IS DISTINCT FROM b.person_id LIMIT $1;

-- person_without_link: A fan row counts as part of a person, and no confirmed link says so.
SELECT f.id, (SELECT c.id FROM conversations c WHERE c.fan_id = f.id ORDER BY c.id LIMIT 1) AS conversation_id, 'person ' || f.person_id AS detail, count(*) OVER () AS total
FROM fans f
WHERE f.person_id IS NOT NULL AND NOT EXISTS (SELECT FROM links l WHERE l.state = 'confirmed' AND f.id IN (l.fan_id, l.other_fan_id))
LIMIT $1;

-- credits_unbalanced: A movement of credits does not take from one place what it gives to another.
SELECT m.id, NULL::uuid AS conversation_id, m.kind || ', ' || count(e.*) || ' entries, ' || coalesce(sum(e.amount), 0) AS detail,
    count(*) OVER () AS total
FROM credit_movements m LEFT JOIN credit_entries e ON e.movement_id = m.id GROUP BY m.id, m.kind
HAVING count(e.*) <> 2 OR sum(e.amount) <> 0 LIMIT $1;

-- credits_astray: A place holds other credits than its entries add up to, or fewer than none.
SELECT a.id, NULL::uuid AS conversation_id, a.kind || ' holds ' || a.balance || ', its entries ' || coalesce(sum(e.amount), 0) AS detail,
    count(*) OVER () AS total
FROM credit_accounts a LEFT JOIN credit_entries e ON e.account_id = a.id GROUP BY a.id
HAVING a.balance <> coalesce(sum(e.amount), 0) OR (a.balance < 0 AND a.kind <> 'outside') LIMIT $1;

-- credits_settled_twice: A job's credits were spent or given back more than once, or without being reserved.
SELECT s.id, NULL::uuid AS conversation_id, s.kind || ' of job ' || s.job_id AS detail, count(*) OVER () AS total
FROM credit_movements s
WHERE s.kind IN ('spend', 'give_back') AND 1 <> (SELECT count(*) FROM credit_movements o WHERE o.job_id = s.job_id AND o.kind = 'reserve')
    + (SELECT count(*) FROM credit_movements o WHERE o.job_id = s.job_id AND o.kind IN ('spend', 'give_back') AND o.id < s.id) LIMIT $1;

-- post_out_twice: Two posts stand for the same thing on one account.
SELECT p.id, NULL::uuid AS conversation_id, 'with ' || o.id AS detail, count(*) OVER () AS total
FROM posts p JOIN posts o ON o.account_id = p.account_id AND o.target = p.target AND o.id < p.id AND o.platform_ids && p.platform_ids LIMIT $1;

-- post_hanging: A post is being published longer than any call takes, and nobody has judged it.
SELECT p.id, NULL::uuid AS conversation_id, 'since ' || p.claimed_at || ' by ' || coalesce(p.claimed_by, 'nobody') AS detail,
    count(*) OVER () AS total
FROM posts p WHERE p.state = 'publishing' AND coalesce(p.claimed_at < clock_timestamp() - interval '15 minutes', true) LIMIT $1;

-- post_overlooked: A post's time is long over, and nobody has published it or given it up.
SELECT p.id, NULL::uuid AS conversation_id, p.state || ' for ' || p.planned_at AS detail, count(*) OVER () AS total
FROM posts p WHERE p.state IN ('planned', 'pending') AND p.not_before <= clock_timestamp() - interval '15 minutes'
    AND p.planned_at < clock_timestamp() - make_interval(secs => p.late_s) - interval '15 minutes' LIMIT $1;

-- series_without_post: A plan that comes again has no post on the calendar for its newest slot.
SELECT s.id, NULL::uuid AS conversation_id, 'slot ' || s.slot || ' at ' || s.next_at AS detail, count(*) OVER () AS total
FROM post_series s WHERE s.active AND NOT EXISTS (SELECT FROM posts p WHERE p.series_id = s.id AND p.slot = s.slot) LIMIT $1;
