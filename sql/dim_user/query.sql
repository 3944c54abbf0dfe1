-- The last known login is the last one that was not NULL; where two events are of one second, (source, ordinal)
-- decides, so that the same silver gives the same table.
WITH seen AS (
  SELECT actor.id AS user_id, min(created_at) AS first_seen, max(created_at) AS last_seen
  FROM silver_cleaned
  WHERE actor.id IS NOT NULL
  GROUP BY actor.id
),
named AS (
  SELECT
    actor.id AS user_id,
    actor.login AS login,
    row_number() OVER (PARTITION BY actor.id ORDER BY created_at DESC, "_source" DESC, "_ordinal" DESC) AS place
  FROM silver_cleaned
  WHERE actor.id IS NOT NULL AND actor.login IS NOT NULL
)
SELECT
  seen.user_id,
  named.login,
  coalesce(named.login LIKE '%[bot]', false) AS is_bot,
  seen.first_seen,
  seen.last_seen
FROM seen
LEFT JOIN named ON named.user_id = seen.user_id AND named.place = 1
