-- Each row is a failure: the check's name, the key it failed for, what was found.
WITH staged AS (SELECT dt, count(*) AS copies FROM $staged GROUP BY dt),
silver AS (SELECT DISTINCT dt FROM silver_cleaned)
SELECT 'every day of silver is here' AS failed, silver.dt AS key, coalesce(staged.copies, 0) AS found
FROM silver LEFT JOIN staged ON staged.dt = silver.dt
WHERE staged.dt IS NULL
UNION ALL
SELECT 'one row a day', dt, copies FROM staged WHERE copies > 1
