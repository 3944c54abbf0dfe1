"""JSON in text. A number with a fraction is given back only where DuckDB keeps its digits."""

DEFINITIONS = {
    "trino_json_valid(s)": "regexp_matches(s, '^[ \\t\\n\\r]*[\\[{]') AND json_valid(s)",
    "trino_json_digits(s)": "regexp_extract_all(s, '[0-9.eE+-]+')",
    "trino_json_checked(s, path, place)": (
        "CASE json_type(s, path) WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL WHEN 'NULL' THEN NULL"
        " WHEN 'DOUBLE' THEN CASE WHEN trino_json_digits(s) = trino_json_digits(CAST(json(s) AS VARCHAR))"
        " THEN json_extract_string(s, path)"
        " ELSE trino_unsupported(place, 'a JSON number that is written another way than DuckDB writes it')"
        " END ELSE json_extract_string(s, path) END"
    ),
    "trino_json_scalar(s, path, place)": (
        "CASE WHEN NOT regexp_matches(s, '^[ \\t\\n\\r]*[\\[{]') THEN NULL WHEN NOT json_valid(s)"
        " THEN trino_unsupported(place, 'JSON that is cut off or malformed: ' || s)"
        " ELSE trino_json_checked(s, path, place) END"
    ),
    "trino_json_array_length(s, place)": (
        "CASE WHEN NOT regexp_matches(s, '^[ \\t\\n\\r]*[\\[]') THEN NULL WHEN NOT json_valid(s)"
        " THEN trino_unsupported(place, 'JSON that is cut off or malformed: ' || s)"
        " ELSE CAST(json_array_length(s) AS BIGINT) END"
    ),
}
