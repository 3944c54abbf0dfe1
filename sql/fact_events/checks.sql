-- Each row is a failure: the check's name, the key it failed for, what was found.
WITH staged AS (
  SELECT dt, sum(event_count) AS events, min(event_count) AS least, count(*) AS combinations FROM $staged GROUP BY dt
),
distinct_keys AS (
  SELECT dt, count(*) AS combinations
  FROM (SELECT DISTINCT dt, repo_id, user_id, event_type FROM $staged) AS keys
  GROUP BY dt
),
silver AS (
  SELECT dt, count(*) AS events FROM silver_cleaned WHERE dt IN ($days) GROUP BY dt
)
SELECT 'every event of silver is counted' AS failed, silver.dt AS key, coalesce(staged.events, 0) AS found
FROM silver LEFT JOIN staged ON staged.dt = silver.dt
WHERE coalesce(staged.events, 0) <> silver.events
UNION ALL
SELECT 'a count is at least 1', dt, least FROM staged WHERE least < 1
UNION ALL
SELECT 'one row a combination', staged.dt, staged.combinations
FROM staged JOIN distinct_keys ON distinct_keys.dt = staged.dt
WHERE staged.combinations <> distinct_keys.combinations
