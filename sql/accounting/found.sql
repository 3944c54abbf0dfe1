-- Of each source: the copies found in raw/ and raw-errors/, the pairs among them, and what each pair is. A pair is
-- (source, ordinal). A pair found in both places was readable; one of an id and day that a smaller pair has too is a
-- duplicate, and that smaller one may be of a source that this run did not see.
WITH copies AS (
  SELECT "_source" AS source, "_ordinal" AS ordinal, nullif(id, '') AS id, dt, 1 AS readable
  FROM raw_events
  WHERE dt IN ($days)
  UNION ALL
  SELECT
    json_extract_scalar(from_utf8(from_base64(rawdata)), '$$.source') AS source,
    CAST(json_extract_scalar(from_utf8(from_base64(rawdata)), '$$.ordinal') AS bigint) AS ordinal,
    NULL AS id,
    NULL AS dt,
    0 AS readable
  FROM raw_errors
),
pairs AS (
  SELECT source, ordinal, max(readable) AS readable, max(id) AS id, max(dt) AS dt, count(*) AS copies
  FROM copies
  GROUP BY source, ordinal
),
placed AS (
  SELECT source, readable, id, copies, row_number() OVER (PARTITION BY dt, id ORDER BY source, ordinal) AS place
  FROM pairs
)
SELECT
  source,
  sum(copies) AS copies,
  count(*) AS pairs,
  sum(CASE WHEN readable = 0 THEN 1 ELSE 0 END) AS quarantined,
  sum(CASE WHEN readable = 1 AND id IS NOT NULL AND place > 1 THEN 1 ELSE 0 END) AS duplicates
FROM placed
WHERE source IN ($sources)
GROUP BY source
