-- Each row is a failure: the check's name, the key it failed for, what was found.
WITH staged AS (SELECT user_id, count(*) AS copies FROM $staged GROUP BY user_id),
silver AS (SELECT DISTINCT actor.id AS user_id FROM silver_cleaned WHERE actor.id IS NOT NULL)
SELECT 'every user of silver is here' AS failed, CAST(silver.user_id AS varchar) AS key, 0 AS found
FROM silver LEFT JOIN staged ON staged.user_id = silver.user_id
WHERE staged.user_id IS NULL
UNION ALL
SELECT 'one row a user', CAST(user_id AS varchar), copies FROM staged WHERE copies > 1
UNION ALL
SELECT 'a user has an id', 'NULL', copies FROM staged WHERE user_id IS NULL
