-- of_year: What was counted in a year, by month, rule and pack; the turn's own transaction counts, by a trigger.
SELECT month, rule, pack, sum(times)::bigint AS times FROM policy_counts
WHERE month >= make_date($1, 1, 1) AND month < make_date($1 + 1, 1, 1)
GROUP BY month, rule, pack ORDER BY month, rule, pack;

-- agency_region: Whose rule pack holds for the agency.
SELECT region FROM agencies WHERE id = current_agency();

-- set_agency_region: Say whose rule pack holds for the agency.
UPDATE agencies SET region = $1 WHERE id = current_agency();

-- fan_region: Where a fan lives, as far as somebody said so.
SELECT region FROM fans WHERE id = $1;

-- set_fan_region: Say where a fan lives; nothing: nobody knows.
UPDATE fans SET region = $2 WHERE id = ANY(ARRAY(SELECT person_fans($1)));
