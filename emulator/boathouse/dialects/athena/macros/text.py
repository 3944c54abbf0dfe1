"""Text, counted in code points."""

DEFINITIONS = {
    "trino_substring(s, start)": (
        "CASE WHEN start > 0 THEN substring(s, start)"
        " WHEN start = 0 OR -start > length(s) THEN CASE WHEN s IS NULL THEN NULL ELSE '' END"
        " ELSE substring(s, start) END"
    ),
    "trino_substring_for(s, start, n)": (
        "CASE WHEN n IS NULL OR start IS NULL OR s IS NULL THEN NULL"
        " WHEN n <= 0 OR start = 0 OR -start > length(s) THEN ''"
        " ELSE substring(s, start, n) END"
    ),
    "trino_upper(s)": (  # the sharp s has no capital in Trino
        "CASE WHEN contains(s, 'ß')"
        " THEN array_to_string(list_transform(string_split(s, 'ß'), lambda part: upper(part)), 'ß') ELSE upper(s) END"
    ),
    "trino_reverse(s)": "array_to_string(list_reverse(regexp_extract_all(s, '(?s).')), '')",
    "trino_pad_checked(n, padding)": (
        "CASE WHEN n < 0 OR n > 2147483647"
        " THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Target length must be in the range [0..2147483647]')"
        " WHEN padding = '' THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Padding string must not be empty')"
        " ELSE CAST(n AS INTEGER) END"
    ),
    "trino_lpad(s, n, padding)": "lpad(s, trino_pad_checked(n, padding), padding)",
    "trino_rpad(s, n, padding)": "rpad(s, trino_pad_checked(n, padding), padding)",
    "trino_chr(n)": (
        "CASE WHEN n BETWEEN 1 AND 55295 OR n BETWEEN 57344 AND 1114111 THEN chr(CAST(n AS INTEGER))"
        " WHEN n IS NOT NULL THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Not a valid Unicode code point: ' || n) END"
    ),
    "trino_codepoint(s)": (
        "CASE WHEN length(s) = 1 THEN unicode(s) WHEN s IS NOT NULL"
        " THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Input string must be a single character string') END"
    ),
    "trino_levenshtein(a, b, place)": (
        "CASE WHEN strlen(a) <> length(a) OR strlen(b) <> length(b)"
        " THEN trino_unsupported(place, 'levenshtein_distance of characters beyond ASCII')"
        " ELSE levenshtein(a, b) END"
    ),
    "trino_split(s, separator)": (
        "CASE WHEN separator = ''"
        " THEN trino_fail('INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string')"
        " ELSE string_split(s, separator) END"
    ),
    "trino_split_part(s, separator, i)": (
        "CASE WHEN i <= 0 THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Index must be greater than zero')"
        " ELSE list_extract(string_split(s, separator), i) END"
    ),
}
