-- Each row is a failure: the check's name, the key it failed for, what was found.
SELECT 'one row a repository and name' AS failed, CAST(repo_id AS varchar) AS key, count(*) AS found
FROM $staged
GROUP BY repo_id, repo_name
HAVING count(*) > 1
