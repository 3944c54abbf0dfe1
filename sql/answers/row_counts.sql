SELECT 'raw_events' AS name, count(*) AS found FROM raw_events WHERE dt IN ($days)
UNION ALL
SELECT 'silver_cleaned', count(*) FROM silver_cleaned WHERE dt IN ($days)
UNION ALL
SELECT 'fact_events', count(*) FROM fact_events WHERE dt IN ($days)
UNION ALL
SELECT 'dim_date', count(*) FROM dim_date
UNION ALL
SELECT 'dim_repo', count(*) FROM dim_repo
UNION ALL
SELECT 'dim_repo_names', count(*) FROM dim_repo_names
UNION ALL
SELECT 'dim_user', count(*) FROM dim_user
