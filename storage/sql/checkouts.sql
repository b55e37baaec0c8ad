-- open: Payments of a conversation that ask for a yes and may still get one.
SELECT id FROM checkouts WHERE conversation_id = $1 AND answered_at IS NULL
    AND asked_at > clock_timestamp() - make_interval(secs => $2) ORDER BY asked_at, id;

-- load: A payment that asks, beside what was offered under its payload, and whether the same person was let pay for one of its packs lately.
SELECT k.id, k.account_id, k.query_key, k.amount, k.unit, o.id AS offer_id, o.fan_id = c.fan_id AS own, o.amount AS offered_amount,
    o.unit AS offered_unit, EXISTS (
        SELECT FROM checkouts other JOIN offers f ON f.payload = other.payload AND f.fan_id IN (SELECT person_fans(o.fan_id))
        WHERE other.id <> k.id AND other.accepted AND other.asked_at > clock_timestamp() - make_interval(secs => $2)
            AND EXISTS (SELECT FROM packs_of_offer(f.id) one JOIN packs_of_offer(o.id) two ON one.pack_id = two.pack_id)) AS being_paid
FROM checkouts k JOIN conversations c ON c.id = k.conversation_id LEFT JOIN offers o ON o.payload = k.payload WHERE k.id = $1;

-- decide: What is going to be answered; it is written before the call, so that a second look says the same.
UPDATE checkouts SET accepted = coalesce(accepted, $2), reason = CASE WHEN accepted IS NULL THEN $3 ELSE reason END
WHERE id = $1 RETURNING accepted, reason;

-- answered: The platform took the answer, which always counts; or it takes none any more, which counts where nobody's was taken.
UPDATE checkouts SET answered_at = coalesce(answered_at, clock_timestamp()), accepted = $2, reason = $3
WHERE id = $1 AND (answered_at IS NULL OR $4);

-- hold: Let the payments of a person be decided one after the other, in whichever of their chats they are asked for; of a checkout, or an offer.
SELECT pg_advisory_xact_lock(hashtextextended('payments of ' || p.fan, 0)) FROM (SELECT person_fans(w.fan_id)::text AS fan FROM (
    SELECT c.fan_id FROM checkouts k JOIN conversations c ON c.id = k.conversation_id WHERE k.id = $1
    UNION SELECT o.fan_id FROM offers o WHERE o.id = $1) AS w ORDER BY 1) AS p;

-- note_unlock: An offer is let be opened in the sandbox, which nobody asks about.
INSERT INTO checkouts AS k (id, agency_id, account_id, conversation_id, query_key, payload, amount, unit, asked_at, answered_at, accepted)
SELECT $2, current_agency(), c.account_id, c.id, 'unlock ' || o.id, o.payload, o.amount, o.unit, clock_timestamp(), clock_timestamp(), true
FROM offers o JOIN conversations c ON c.id = o.conversation_id WHERE o.id = $1
ON CONFLICT (account_id, query_key) DO UPDATE SET asked_at = excluded.asked_at, answered_at = excluded.answered_at, accepted = true;
