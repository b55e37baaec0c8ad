-- of_year: What was counted in a year, by month, rule and pack; the turn's own transaction counts, by a trigger.
SELECT month, rule, pack, sum(times)::bigint AS times FROM policy_counts
WHERE month >= make_date($1, 1, 1) AND month < make_date($1 + 1, 1, 1)
GROUP BY month, rule, pack ORDER BY month, rule, pack;
