-- lock_chats: Let nobody write into some fans' conversations, to the end of the transaction; in one order, as the ingress does.
SELECT id, account_id, platform_key FROM conversations WHERE fan_id = ANY($1::uuid[]) ORDER BY id FOR UPDATE;

-- lock_fans: Keep some fan rows from being linked or given a new conversation, to the end of the transaction.
SELECT id FROM fans WHERE id = ANY($1::uuid[]) AND forgotten_at IS NULL ORDER BY id FOR UPDATE;

-- identities: The handles of some fans.
SELECT id, fan_id, platform, handle, username, created_at FROM identities WHERE fan_id = ANY($1::uuid[]) ORDER BY id;

-- open_refunds: How many payments of some fans are being given back just now.
SELECT count(*) FROM refund_orders f JOIN purchases p ON p.id = f.purchase_id WHERE f.state = 'waiting' AND p.fan_id = ANY($1::uuid[]);

-- strays: Events of some accounts that belong to no conversation and hold some bytes.
SELECT id, account_id, event_key, body FROM raw_events WHERE agency_id = current_agency() AND conversation_id IS NULL
    AND body IS NOT NULL AND account_id = ANY($1::uuid[]) AND position($2::bytea IN body) > 0;

-- forget: Forget some fans, in one go.
SELECT forget_fans(current_agency(), $1, $2, $3, $4, $5);

-- pending: What is to vanish from indexes or files, and may be seen to now.
SELECT id, kind, items, passes FROM pending_deletions WHERE not_before <= clock_timestamp() ORDER BY not_before LIMIT 50;

-- put_pending: Something is gone from the rows and may still lie elsewhere.
INSERT INTO pending_deletions (id, agency_id, kind, items) VALUES ($1, current_agency(), $2, $3);

-- put_off: Look again after some seconds; one more pass is done.
UPDATE pending_deletions SET passes = passes + $3, not_before = clock_timestamp() + make_interval(secs => $2) WHERE id = $1;

-- settle: It is gone everywhere.
DELETE FROM pending_deletions WHERE id = $1;

-- tombstones: Who was forgotten in the agency.
SELECT mark, kind, until, opted_out_at, minor_signal_at FROM tombstones ORDER BY mark;

-- put_tombstone: Know again who was forgotten; says whether that was news.
INSERT INTO tombstones AS t (agency_id, mark, kind, until, opted_out_at, minor_signal_at)
VALUES (current_agency(), $1, $2, $3, $4, $5)
ON CONFLICT (agency_id, mark) DO UPDATE SET until = greatest(t.until, excluded.until) WHERE t.until < excluded.until RETURNING mark;

-- known_identities: Identities of the agency, page by page.
SELECT id, fan_id, platform, handle, username, created_at FROM identities WHERE id > $1 ORDER BY id LIMIT $2;
