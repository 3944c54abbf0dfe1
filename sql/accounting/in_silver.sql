SELECT "_source" AS source, count(*) AS events
FROM silver_cleaned
WHERE dt IN ($days) AND "_source" IN ($sources)
GROUP BY "_source"
