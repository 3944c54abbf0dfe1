SELECT dim_user.login AS name, sum(fact_events.event_count) AS events
FROM fact_events
JOIN dim_user ON dim_user.user_id = fact_events.user_id
WHERE fact_events.dt IN ($days)
GROUP BY dim_user.login
ORDER BY events DESC, name
LIMIT 8
