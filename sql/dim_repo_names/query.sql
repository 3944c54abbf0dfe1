SELECT repo.id AS repo_id, repo.name AS repo_name, min(created_at) AS first_seen, max(created_at) AS last_seen
FROM silver_cleaned
WHERE repo.id IS NOT NULL AND repo.name IS NOT NULL
GROUP BY repo.id, repo.name
