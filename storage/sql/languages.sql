-- spoken: Which languages the personas with an active account speak.
SELECT DISTINCT i.slug AS influencer, spoken.code AS language
FROM accounts a JOIN influencers i ON i.id = a.influencer_id JOIN persona_versions v ON v.id = i.persona_version_id,
    jsonb_array_elements_text(coalesce(v.document -> 'languages', '[]')) AS spoken (code)
WHERE a.active ORDER BY i.slug, spoken.code;

-- heard: The newest texts of fans that are long enough to tell their language.
SELECT text FROM messages WHERE author = 'fan' AND kind = 'text' AND length(text) >= $1 ORDER BY id DESC LIMIT $2;
