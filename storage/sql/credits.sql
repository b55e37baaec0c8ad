-- reserve: Set credits of an influencer apart for a job.
SELECT reserve_credits($1, $2, $3, $4);

-- settle: End a job's reservation, spent or given back.
SELECT settle_credits($1, $2, $3);

-- grant: Give the present agency credits, or take back what it has not used.
SELECT grant_credits($1, $2, $3, $4, $5, $6);

-- set_quota: Set credits apart for an influencer, or let it draw on the agency's again.
SELECT set_credit_quota($1, $2, $3, $4, $5);

-- limit: What an influencer may use now (none: without limit); the agency's own where no influencer is named.
SELECT balance FROM credit_accounts
WHERE (kind = 'quota' AND active AND influencer_id = $1) OR kind = 'grant' ORDER BY kind DESC LIMIT 1;

-- used: What an influencer, or everybody in the agency, has reserved and spent.
SELECT coalesce(sum(balance) FILTER (WHERE kind = 'reserved'), 0)::bigint AS reserved,
    coalesce(sum(balance) FILTER (WHERE kind = 'spent'), 0)::bigint AS spent
FROM credit_accounts WHERE $1::uuid IS NULL OR influencer_id = $1;

-- uses: Every influencer of the present agency with its quota (none: it draws on the agency's) and what it used.
SELECT i.id AS influencer_id, i.slug AS influencer,
    max(a.balance) FILTER (WHERE a.kind = 'quota' AND a.active) AS quota,
    coalesce(max(a.balance) FILTER (WHERE a.kind = 'reserved'), 0) AS reserved,
    coalesce(max(a.balance) FILTER (WHERE a.kind = 'spent'), 0) AS spent
FROM influencers i LEFT JOIN credit_accounts a ON a.influencer_id = i.id GROUP BY i.id, i.slug ORDER BY i.slug;

-- history: Movements of the present agency, newest first: from where to where, and for whom.
SELECT m.id, m.made_at, m.kind, taken.kind AS source, given.kind AS target, e.amount, i.slug AS influencer, m.job_id, m.made_by, m.note
FROM credit_movements m JOIN credit_entries e ON e.movement_id = m.id AND e.amount > 0
JOIN credit_accounts given ON given.id = e.account_id
JOIN credit_entries f ON f.movement_id = m.id AND f.amount < 0 JOIN credit_accounts taken ON taken.id = f.account_id
LEFT JOIN influencers i ON i.id = coalesce(given.influencer_id, taken.influencer_id)
WHERE ($1::uuid IS NULL OR i.id = $1) AND ($2::uuid IS NULL OR (m.made_at, m.id) < (SELECT o.made_at, o.id FROM credit_movements o WHERE o.id = $2))
ORDER BY m.made_at DESC, m.id DESC LIMIT $3;

-- agency: The agency that a shop outside speaks of.
SELECT find_agency($1);

-- secrets: The sealed keys of the present agency's shop.
SELECT agency_id, name, sealed FROM credit_secrets;

-- put_secret: Keep a sealed key, replacing an older one of that name.
INSERT INTO credit_secrets (agency_id, name, sealed) VALUES (current_agency(), $1, $2)
ON CONFLICT (agency_id, name) DO UPDATE SET sealed = excluded.sealed, made_at = now();

-- drop_secret: Forget a key.
DELETE FROM credit_secrets WHERE name = $1;

-- slug: The short name of the present agency.
SELECT slug FROM agencies WHERE id = current_agency();
