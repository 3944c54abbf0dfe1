"""Arrays and maps: an index out of bounds fails or gives NULL, and a NULL within makes an answer unknown."""

DEFINITIONS = {
    "trino_array_subscript(items, i)": (
        "CASE WHEN items IS NULL THEN NULL"
        " WHEN i > len(items) THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to"
        " array length: ' || i || ' > ' || len(items))"
        " WHEN i = 0 THEN trino_fail('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1')"
        " WHEN i < 0 THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Array subscript is negative: ' || i)"
        " ELSE items[i] END"
    ),
    "trino_map_subscript(entries, k)": (
        "CASE WHEN entries IS NULL OR k IS NULL THEN NULL"
        " WHEN NOT map_contains(entries, k) THEN"
        " trino_fail('INVALID_FUNCTION_ARGUMENT: Key not present in map: ' || CAST(k AS VARCHAR))"
        " ELSE map_extract_value(entries, k) END"
    ),
    "trino_array_concat(a, b)": "CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE list_concat(a, b) END",
    "trino_array_element_at(items, i)": (
        "CASE WHEN i = 0 AND items IS NOT NULL"
        " THEN trino_fail('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1') ELSE items[i] END"
    ),
    "trino_slice(items, start, n)": (
        "CASE WHEN items IS NULL OR start IS NULL OR n IS NULL THEN NULL"
        " WHEN n < 0 THEN trino_fail('INVALID_FUNCTION_ARGUMENT: length must be greater than or equal to 0')"
        " WHEN start = 0 THEN trino_fail('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1')"
        " WHEN n = 0 OR -start > len(items) OR start > len(items) THEN items[1:0]"
        " WHEN start < 0 THEN items[len(items) + start + 1 : len(items) + start + n]"
        " ELSE items[start : start + n - 1] END"
    ),
    "trino_sequence(a, b)": "CASE WHEN a <= b THEN generate_series(a, b) ELSE generate_series(a, b, -1) END",
    "trino_has_null(items)": "list_count(items) < len(items)",
    "trino_contains(items, x)": (
        "CASE WHEN items IS NULL OR x IS NULL THEN NULL WHEN list_contains(items, x) THEN true"
        " WHEN trino_has_null(items) THEN NULL ELSE false END"
    ),
    # Of answers: true, false or NULL for each element.
    "trino_any_match(answers)": (
        "CASE WHEN list_contains(answers, true) THEN true WHEN trino_has_null(answers) THEN NULL"
        " WHEN answers IS NOT NULL THEN false END"
    ),
    "trino_all_match(answers)": (
        "CASE WHEN list_contains(answers, false) THEN false WHEN trino_has_null(answers) THEN NULL"
        " WHEN answers IS NOT NULL THEN true END"
    ),
    "trino_none_match(answers)": "NOT trino_any_match(answers)",
    "trino_array_max(items)": "CASE WHEN trino_has_null(items) THEN NULL ELSE list_max(items) END",
    "trino_array_min(items)": "CASE WHEN trino_has_null(items) THEN NULL ELSE list_min(items) END",
    "trino_array_position(items, x)": (
        "CASE WHEN items IS NULL OR x IS NULL THEN NULL ELSE CAST(coalesce(list_position(items, x), 0) AS BIGINT) END"
    ),
    "trino_array_distinct(items)": "list_filter(items, lambda x, i: list_position(items, x) = i)",
}
