-- find: Who holds the token of this sha256.
SELECT agency_id, operator_id, name FROM find_operator($1);

-- put: Make an operator, or give an old one a new token.
INSERT INTO operators (id, agency_id, name, token_sha256) VALUES ($1, current_agency(), $2, $3)
ON CONFLICT (agency_id, name) DO UPDATE SET token_sha256 = excluded.token_sha256;
