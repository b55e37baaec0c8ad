-- fans: The fan rows of a person.
SELECT to_jsonb(f) - 'agency_id' FROM fans f WHERE f.id = ANY($1::uuid[]) ORDER BY f.id;

-- identities: Their handles on platforms.
SELECT to_jsonb(i) - 'agency_id' FROM identities i WHERE i.fan_id = ANY($1::uuid[]) ORDER BY i.id;

-- links: Which rows are, were or were said to be one person, with the evidence.
SELECT to_jsonb(l) - 'agency_id' FROM links l WHERE l.fan_id = ANY($1::uuid[]) OR l.other_fan_id = ANY($1::uuid[]) ORDER BY l.id;

-- conversations: Their chats, each with the account and the influencer.
SELECT to_jsonb(c) - 'agency_id' || jsonb_build_object('platform', a.platform, 'account', a.key, 'influencer', i.name)
FROM conversations c JOIN accounts a ON a.id = c.account_id JOIN influencers i ON i.id = c.influencer_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY c.id;

-- messages: All that was said, by whom, also what was taken back.
SELECT to_jsonb(m) - 'agency_id' FROM messages m JOIN conversations c ON c.id = m.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY m.conversation_id, m.id;

-- files: The files they sent.
SELECT to_jsonb(f) - 'agency_id' FROM media f JOIN messages m ON m.id = f.message_id JOIN conversations c ON c.id = m.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY f.id;

-- facts: What was learned of them, with its history: until when it held, what followed it, who made it.
SELECT to_jsonb(f) - 'agency_id' - 'embedding' - 'search' FROM facts f WHERE f.fan_id = ANY($1::uuid[]) ORDER BY f.id;

-- episodes: What was said, as memory keeps it.
SELECT to_jsonb(e) - 'agency_id' - 'embedding' - 'search' FROM episodes e WHERE e.fan_id = ANY($1::uuid[]) ORDER BY e.id;

-- summaries: What long talks were shortened to.
SELECT to_jsonb(s) - 'agency_id' FROM summaries s JOIN conversations c ON c.id = s.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY s.id;

-- tags: What they were read to want, and how often.
SELECT to_jsonb(t) - 'agency_id' FROM tags t JOIN conversations c ON c.id = t.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY t.conversation_id, t.tag;

-- turns: How each answer came about.
SELECT to_jsonb(t) - 'agency_id' FROM turns t JOIN conversations c ON c.id = t.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY t.id;

-- drafts: Answers that waited for a person, and what became of them.
SELECT to_jsonb(d) - 'agency_id' FROM drafts d JOIN conversations c ON c.id = d.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY d.id;

-- deliveries: What was sent to them, when, and whether it arrived.
SELECT to_jsonb(d) - 'agency_id' FROM deliveries d JOIN conversations c ON c.id = d.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY d.seq;

-- disclosures: When they were told that they talk to an AI, and in which words.
SELECT to_jsonb(d) - 'agency_id' FROM disclosures d JOIN conversations c ON c.id = d.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY d.id;

-- reactions: What they put under messages.
SELECT to_jsonb(r) - 'agency_id' FROM reactions r JOIN conversations c ON c.id = r.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY r.conversation_id, r.platform_message_id;

-- echoes: What came back from their chats.
SELECT to_jsonb(e) - 'agency_id' FROM echoes e JOIN conversations c ON c.id = e.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY e.id;

-- offers: What was offered to them.
SELECT to_jsonb(o) - 'agency_id' || jsonb_build_object('title', p.title) FROM offers o JOIN packs p ON p.id = o.pack_id
WHERE o.fan_id = ANY($1::uuid[]) ORDER BY o.id;

-- rests: When offers to them rested: after a no, for their own good, or with a complaint open.
SELECT to_jsonb(r) - 'agency_id' FROM sale_rests r WHERE r.fan_id = ANY($1::uuid[]) ORDER BY r.id;

-- limits: What they let themselves be sold at most.
SELECT to_jsonb(l) - 'agency_id' FROM spend_limits l WHERE l.fan_id = ANY($1::uuid[]) ORDER BY l.fan_id, l.unit, l.period;

-- promos: Under which promos something was offered to them, and whether they bought it.
SELECT to_jsonb(u) - 'agency_id' || jsonb_build_object('promo', p.title, 'code', c.code) FROM promo_uses u JOIN offers o ON o.id = u.offer_id
JOIN promos p ON p.id = u.promo_id LEFT JOIN promo_codes c ON c.id = u.code_id WHERE o.fan_id = ANY($1::uuid[]) ORDER BY u.offer_id, u.promo_id;

-- bundles: The further packs of offers that were made to them.
SELECT to_jsonb(k) - 'agency_id' || jsonb_build_object('title', p.title) FROM offer_packs k JOIN offers o ON o.id = k.offer_id
JOIN packs p ON p.id = k.pack_id WHERE o.fan_id = ANY($1::uuid[]) ORDER BY k.offer_id, k.pack_id;

-- codes: Promo codes that were made for them.
SELECT to_jsonb(c) - 'agency_id' || jsonb_build_object('promo', p.title) FROM promo_codes c JOIN promos p ON p.id = c.promo_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY c.id;

-- checkouts: Payments that asked for a yes.
SELECT to_jsonb(k) - 'agency_id' FROM checkouts k JOIN conversations c ON c.id = k.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY k.id;

-- purchases: What they bought, and what was given back.
SELECT to_jsonb(p) - 'agency_id' || jsonb_build_object('title', k.title, 'refunded_at', r.refunded_at, 'refund_order', f.state)
FROM purchases p JOIN packs k ON k.id = p.pack_id LEFT JOIN refunds r ON r.purchase_id = p.id
LEFT JOIN refund_orders f ON f.purchase_id = p.id WHERE p.fan_id = ANY($1::uuid[]) ORDER BY p.id;

-- posts: What an influencer proposed to publish in their chats, and nobody has approved.
SELECT to_jsonb(p) - 'agency_id' FROM posts p JOIN conversations c ON c.id = p.conversation_id
WHERE c.fan_id = ANY($1::uuid[]) ORDER BY p.id;

-- events: What platforms sent about them, as it came, in base64.
SELECT to_jsonb(e) - 'agency_id' - 'body' || jsonb_build_object('body', encode(e.body, 'base64'))
FROM raw_events e JOIN conversations c ON c.id = e.conversation_id
WHERE e.agency_id = current_agency() AND c.fan_id = ANY($1::uuid[]) ORDER BY e.id;

-- pictures: Pictures that were made for them, with what they asked for, what was chosen and what became of it.
SELECT coalesce(to_jsonb(j) - 'agency_id', '{}') || jsonb_build_object('asset', to_jsonb(a) - 'agency_id' - 'sha256', 'chosen', to_jsonb(p) - 'agency_id' - 'search')
FROM image_jobs j FULL JOIN assets a ON a.id = j.asset_id LEFT JOIN pictures p ON p.asset_id = a.id
WHERE j.fan_id = ANY($1::uuid[]) OR a.made_for = ANY($1::uuid[]) ORDER BY j.id, a.id;
