SELECT event_type AS name, dt, sum(event_count) AS events
FROM fact_events
WHERE dt IN ($days)
GROUP BY event_type, dt
ORDER BY dt, events DESC, name
