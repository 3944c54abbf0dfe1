-- Each row is a failure: the check's name, the key it failed for, what was found.
WITH staged AS (SELECT repo_id, count(*) AS copies FROM $staged GROUP BY repo_id),
silver AS (SELECT DISTINCT repo.id AS repo_id FROM silver_cleaned WHERE repo.id IS NOT NULL)
SELECT 'every repository of silver is here' AS failed, CAST(silver.repo_id AS varchar) AS key, 0 AS found
FROM silver LEFT JOIN staged ON staged.repo_id = silver.repo_id
WHERE staged.repo_id IS NULL
UNION ALL
SELECT 'one row a repository', CAST(repo_id AS varchar), copies FROM staged WHERE copies > 1
UNION ALL
SELECT 'a repository has an id', 'NULL', copies FROM staged WHERE repo_id IS NULL
