-- lock: A hand-over that is not over yet, locked to the end of the transaction, with what was bought.
SELECT h.purchase_id, h.conversation_id, h.state, h.correlation_id, p.account_id, p.offer_id, k.title,
    EXISTS (SELECT FROM refunds r WHERE r.purchase_id = p.id) AS refunded
FROM handovers h JOIN purchases p ON p.id = h.purchase_id JOIN packs k ON k.id = p.pack_id
WHERE h.conversation_id = $1 AND h.state IN ('waiting', 'leaving') ORDER BY p.purchased_at FOR UPDATE OF h;

-- deliveries: The sends of a hand-over, in their order.
SELECT id, state, part FROM deliveries WHERE conversation_id = $1 AND part ->> 'part' = 'files' AND part ->> 'purchase_id' = $2
ORDER BY seq;

-- renew: A send that a change of hands dropped belongs to whoever holds the conversation now, for it is paid for; it comes after what was said since.
UPDATE deliveries d SET state = 'pending', owner_epoch = c.owner_epoch, settled_at = NULL, error = NULL,
    not_before = clock_timestamp(), seq = DEFAULT
FROM conversations c WHERE d.id = $1 AND d.state = 'dropped' AND c.id = d.conversation_id;

-- set_state: How far a hand-over is, and that somebody looked.
UPDATE handovers SET state = $2, looked_at = clock_timestamp() WHERE purchase_id = $1;
