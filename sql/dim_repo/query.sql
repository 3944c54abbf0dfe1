-- The last known name is the last one that was not NULL; where two events are of one second, (source, ordinal) decides,
-- so that the same silver gives the same table.
WITH seen AS (
  SELECT repo.id AS repo_id, min(created_at) AS first_seen, max(created_at) AS last_seen
  FROM silver_cleaned
  WHERE repo.id IS NOT NULL
  GROUP BY repo.id
),
named AS (
  SELECT
    repo.id AS repo_id,
    repo.name AS repo_name,
    row_number() OVER (PARTITION BY repo.id ORDER BY created_at DESC, "_source" DESC, "_ordinal" DESC) AS place
  FROM silver_cleaned
  WHERE repo.id IS NOT NULL AND repo.name IS NOT NULL
)
SELECT
  seen.repo_id,
  named.repo_name,
  split_part(named.repo_name, '/', 1) AS owner,
  seen.first_seen,
  seen.last_seen
FROM seen
LEFT JOIN named ON named.repo_id = seen.repo_id AND named.place = 1
