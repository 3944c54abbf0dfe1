SELECT
  dt,
  CAST(dt AS date) AS calendar_date,
  year(CAST(dt AS date)) AS year,
  quarter(CAST(dt AS date)) AS quarter,
  month(CAST(dt AS date)) AS month,
  day(CAST(dt AS date)) AS day_of_month,
  day_of_week(CAST(dt AS date)) AS day_of_week,
  week(CAST(dt AS date)) AS iso_week,
  day_of_week(CAST(dt AS date)) IN (6, 7) AS is_weekend
FROM (SELECT DISTINCT dt FROM silver_cleaned) AS days
