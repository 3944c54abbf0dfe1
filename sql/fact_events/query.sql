-- One row a combination; NULL keys are groups of their own, so that no event is lost.
SELECT
  repo.id AS repo_id,
  actor.id AS user_id,
  type AS event_type,
  count(*) AS event_count,
  dt
FROM silver_cleaned
WHERE dt IN ($days)
GROUP BY repo.id, actor.id, type, dt
