SELECT dim_repo.repo_name AS name, sum(fact_events.event_count) AS events
FROM fact_events
JOIN dim_repo ON dim_repo.repo_id = fact_events.repo_id
WHERE fact_events.dt IN ($days)
GROUP BY dim_repo.repo_name
ORDER BY events DESC, name
LIMIT 8
