-- list: What was bought at the agency, newest first, with what became of it.
SELECT p.id, p.purchased_at, a.platform, a.key AS account, coalesce(n.display_name, n.username, n.handle) AS fan,
    (SELECT string_agg(t.title, ' + ' ORDER BY b.place, t.title) FROM packs_of_offer(o.id) b JOIN packs t ON t.id = b.pack_id) AS title, p.amount,
    p.unit, p.sandbox, o.conversation_id, r.refunded_at, f.ordered_by AS refund_ordered_by, f.state AS refund_state,
    f.error AS refund_error, h.state AS handover_state, f.reason AS refund_reason
FROM purchases p JOIN accounts a ON a.id = p.account_id JOIN offers o ON o.id = p.offer_id
JOIN conversations c ON c.id = o.conversation_id JOIN identities n ON n.id = c.identity_id
LEFT JOIN refunds r ON r.purchase_id = p.id LEFT JOIN refund_orders f ON f.purchase_id = p.id
LEFT JOIN handovers h ON h.purchase_id = p.id
WHERE $1::uuid IS NULL OR p.id = $1 ORDER BY p.purchased_at DESC, p.id DESC LIMIT $2;

-- kept: Whether an offer was bought, and the payment neither was given back nor is to be.
SELECT EXISTS (SELECT FROM purchases p WHERE p.offer_id = $1 AND NOT EXISTS (SELECT FROM refunds r WHERE r.purchase_id = p.id)
    AND NOT EXISTS (SELECT FROM refund_orders f WHERE f.purchase_id = p.id AND f.state <> 'refused'));

-- order_refund: Somebody wants a payment given back; an order that was refused may be given anew, and the house's reason stays with it.
INSERT INTO refund_orders AS f (purchase_id, agency_id, ordered_by) VALUES ($1, current_agency(), $2)
ON CONFLICT (purchase_id) DO UPDATE SET state = 'waiting', ordered_by = excluded.ordered_by, ordered_at = now(), error = NULL,
    attempts = 0, not_before = clock_timestamp()
WHERE f.state = 'refused';

-- claim_refund: Take a refund that waits; nobody else does for the time that a call may take.
UPDATE refund_orders f SET attempts = f.attempts + 1, not_before = clock_timestamp() + make_interval(secs => $2)
FROM purchases p JOIN offers o ON o.id = p.offer_id JOIN conversations c ON c.id = o.conversation_id
    JOIN identities n ON n.id = c.identity_id
WHERE f.purchase_id = $1 AND f.state = 'waiting' AND f.not_before <= clock_timestamp() AND p.id = f.purchase_id
RETURNING f.purchase_id, f.ordered_by, f.attempts, p.account_id, p.charge_key, p.sandbox, n.handle, o.payload, p.purchased_at, o.conversation_id;

-- refunded: A payment was given back.
INSERT INTO refunds (purchase_id, agency_id, refunded_at, refunded_by) VALUES ($1, current_agency(), clock_timestamp(), $2)
ON CONFLICT DO NOTHING;

-- settle_refund: What became of an order; one that waits is tried again after some seconds.
UPDATE refund_orders SET state = $2, error = $3, not_before = clock_timestamp() + make_interval(secs => $4)
WHERE purchase_id = $1 AND state = 'waiting';
