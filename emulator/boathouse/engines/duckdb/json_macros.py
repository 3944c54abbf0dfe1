r"""SQL helpers that read JSON values as Trino's readers do. Each was tried against Trino 476 on the same files.

A macro is text and repeats its argument, so arguments are columns or lambda parameters. Numbers with a fraction or an
exponent are made into strings first, marked with \u0001\u0002, where text is asked for: DuckDB's JSON functions would
write 1.50 as 1.5.
"""

MACROS = (
    # -- lines
    # Half of a surrogate pair is JSON and no Unicode: DuckDB refuses it, Java writes it as a question mark.
    r"""CREATE MACRO athena_paired(line) AS CASE
        WHEN NOT (contains(line, '\ud') OR contains(line, '\uD')) OR json_valid(line) THEN line
        ELSE regexp_replace(replace(regexp_replace(line,
            '(\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\[^u]|\\u[^dD]|\\u[dD][0-7])|(\\u[dD][89a-fA-F]..)',
            '\1' || chr(1) || '\2' || chr(2), 'g'), chr(1) || chr(2), ''),
            chr(1) || '......' || chr(2), '?', 'g') END""",
    "CREATE MACRO athena_unreadable(file, why) AS error('HIVE_CURSOR_ERROR: Failed to read file at ' || file || why)",
    r"""CREATE MACRO athena_without_strings(line) AS regexp_replace(line, '"(?:[^"\\]|\\.)*"', '', 'g')""",
    "CREATE MACRO athena_count(s, part) AS length(s) - length(replace(s, part, ''))",
    # DuckDB lets a comma before a closing bracket pass. CASE, since AND would evaluate everything everywhere.
    r"""CREATE MACRO athena_is_json(line) AS CASE WHEN NOT json_valid(line) THEN false
        WHEN NOT regexp_matches(line, ',\s*[}\]]') THEN true
        ELSE NOT regexp_matches(athena_without_strings(line), ',\s*[}\]]') END""",
    # What is cut off is malformed for everybody; of the rest Trino's lenient parser might make something.
    """CREATE MACRO athena_is_cut_off(bare) AS contains(bare, '"')
        OR athena_count(bare, '{') > athena_count(bare, '}') OR athena_count(bare, '[') > athena_count(bare, ']')""",
    """CREATE MACRO athena_malformed(line, file, lenient) AS CASE
        WHEN NOT lenient THEN athena_unreadable(file, ': Row is not a valid JSON Object: ' || line[:200])
        WHEN NOT athena_is_cut_off(athena_without_strings(line))
        THEN athena_unreadable(file, ': emulator: JSON that is not strict is not supported: ' || line[:200]) END""",
    r"""CREATE MACRO athena_marked(line) AS replace(replace(replace(regexp_replace(line,
        '("(?:[^"\\]|\\.)*")|(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)', '\1' || chr(1) || '\2' || chr(2), 'g'),
        chr(1) || chr(2), ''), chr(1), '"\u0001\u0002'), chr(2), '"')""",
    r"""CREATE MACRO athena_numbers_kept(line) AS CASE
        WHEN regexp_matches(line, '[:\[,]\s*(-?[0-9]+(\.[0-9]|[eE])|-0[,\s\]}])') THEN athena_marked(line)
        ELSE line END""",
    """CREATE MACRO athena_line(line, file, lenient) AS CASE
        WHEN line IS NULL OR ltrim(line)[1] NOT IN ('{', '[') THEN NULL
        WHEN athena_is_json(line) THEN CAST(athena_numbers_kept(line) AS JSON)
        ELSE athena_malformed(line, file, lenient) END""",
    "CREATE MACRO athena_odd_keys(keys) AS list_unique(list_transform(keys, lambda k: lower(k))) < len(keys)",
    """CREATE MACRO athena_strict_line(line, file, lenient) AS CASE
        WHEN line IS NULL OR ltrim(line)[1] <> '{' OR NOT athena_is_json(line)
        THEN athena_unreadable(file, ': Row is not a valid JSON Object: ' || coalesce(line[:200], ''))
        WHEN athena_odd_keys(json_keys(line)) THEN athena_unreadable(file, ': Duplicate field: ' || line[:200])
        ELSE CAST(athena_numbers_kept(line) AS JSON) END""",
    # -- fields of an object: the last whose name matches without case
    "CREATE MACRO athena_pointer(key) AS '/' || replace(replace(key, '~', '~0'), '/', '~1')",
    # A path finds the first of two like keys; a wildcard has every value in the keys' order.
    """CREATE MACRO athena_last(j, keys, field) AS json_extract(j, '$.*')[
        len(keys) + 1 - list_position(list_reverse(list_transform(keys, lambda k: lower(k))), field)]""",
    """CREATE MACRO athena_keys(j) AS CASE WHEN json_type(j) = 'OBJECT' THEN json_keys(j) END""",
    """CREATE MACRO athena_field(j, keys, exact, field) AS CASE
        WHEN keys IS NULL THEN NULL
        WHEN NOT athena_odd_keys(keys) AND exact IS NOT NULL THEN exact
        WHEN list_unique(keys) < len(keys) THEN athena_last(j, keys, field)
        ELSE json_extract(j, athena_pointer(list_filter(keys, lambda k: lower(k) = field)[-1])) END""",
    # -- values
    "CREATE MACRO athena_plain(v) AS replace(v ->> '$', chr(1) || chr(2), '')",
    """CREATE MACRO athena_is_number(v) AS json_type(v) IN ('UBIGINT', 'BIGINT', 'DOUBLE')
        OR starts_with(v ->> '$', chr(1) || chr(2))""",
    """CREATE MACRO athena_scalar(v, type) AS CASE WHEN json_type(v) IN ('OBJECT', 'ARRAY')
        THEN error('HIVE_CURSOR_ERROR: Failed to read file: ' || json_type(v) || ' can not be coerced to a ' || type)
        ELSE athena_plain(v) END""",
    r"""CREATE MACRO athena_exact_text(s) AS CASE
        WHEN regexp_matches(s, '\\u0001\\u0002(-?[0-9.]*[eE]|-?0\.000000|-0(\.0+)?")')
        THEN error('NOT_SUPPORTED: emulator: a number with an exponent, or -0, in JSON read as text')
        ELSE regexp_replace(s, '"\\u0001\\u0002([^"]*)"', '\1', 'g') END""",
    """CREATE MACRO athena_json_text(v) AS CASE json_type(v)
        WHEN 'NULL' THEN NULL
        WHEN 'VARCHAR' THEN CASE WHEN starts_with(v ->> '$', chr(1) || chr(2))
            THEN athena_exact_text(CAST(v AS VARCHAR)) ELSE v ->> '$' END
        WHEN 'OBJECT' THEN athena_exact_text(CAST(v AS VARCHAR))
        WHEN 'ARRAY' THEN athena_exact_text(CAST(v AS VARCHAR))
        ELSE CASE WHEN CAST(v AS VARCHAR) = '-0' THEN '0' ELSE CAST(v AS VARCHAR) END END""",
    """CREATE MACRO athena_octal(s) AS list_reduce(list_prepend(0::HUGEINT,
        list_transform(string_split(s, ''), lambda c: TRY_CAST(c AS HUGEINT))), lambda a, c: a * 8 + c)""",
    r"""CREATE MACRO athena_whole_number(s) AS CASE
        WHEN regexp_full_match(s, '[+-]?(0|[1-9][0-9]*)') THEN TRY_CAST(s AS BIGINT)
        WHEN regexp_full_match(s, '0[0-7]{1,21}') THEN TRY_CAST(athena_octal(s) AS BIGINT)
        WHEN regexp_full_match(s, '0[xX][0-9a-fA-F]+') THEN TRY_CAST(lower(s) AS BIGINT)
        WHEN regexp_full_match(s, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?')
        THEN TRY_CAST(trunc(TRY_CAST(s AS DECIMAL(38, 18))) AS BIGINT) END""",
    r"""CREATE MACRO athena_float(s) AS CASE
        WHEN regexp_full_match(s, '\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[fFdD]?\s*')
        THEN TRY_CAST(rtrim(trim(s), 'fFdD') AS DOUBLE)
        WHEN regexp_full_match(s, '\s*[+-]?(NaN|Infinity)\s*') THEN TRY_CAST(trim(s) AS DOUBLE) END""",
    # Lenient: the thirteenth month is the next year's first.
    """CREATE MACRO athena_day(p) AS TRY_CAST(make_date(CAST(p.y AS INTEGER), 1, 1)
        + to_months(CAST(p.m AS INTEGER) - 1) + to_days(CAST(p.d AS INTEGER) - 1) AS DATE)""",
    r"""CREATE MACRO athena_json_date(s) AS CASE
        WHEN regexp_full_match(s, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T].*)?')
        THEN athena_day(regexp_extract(s, '^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})', ['y', 'm', 'd']))
        WHEN regexp_full_match(s, '[+-]?[0-9]+') THEN
            DATE '1970-01-01' + TRY_CAST(athena_whole_number(s) AS INTEGER) END""",
    """CREATE MACRO athena_offset(z) AS CASE WHEN z = '' OR upper(z) = 'Z' THEN INTERVAL 0 SECOND
        ELSE to_minutes((CASE WHEN z[1] = '-' THEN -1 ELSE 1 END)
            * (CAST(z[2:3] AS INTEGER) * 60 + CAST(z[-2:] AS INTEGER))) END""",
    """CREATE MACRO athena_moment(p) AS CAST(athena_day(p) AS TIMESTAMP) + to_hours(CAST(p.h AS INTEGER))
        + to_minutes(CAST(p.i AS INTEGER)) + to_seconds(CAST('0' || p.s AS DOUBLE)) - athena_offset(p.z)""",
    r"""CREATE MACRO athena_json_timestamp(s) AS CASE
        WHEN regexp_full_match(s, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\.[0-9]*)?)?'
            '([zZ]|[+-][0-9]{2}:?[0-9]{2})?')
            OR regexp_full_match(s, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]*)?')
        THEN athena_moment(regexp_extract(s, '^([0-9]+)-([0-9]+)-([0-9]+)[ Tt]([0-9]+):([0-9]+):?([0-9.]*)(.*)$',
            ['y', 'm', 'd', 'h', 'i', 's', 'z']))
        WHEN regexp_full_match(s, '[+-]?([0-9]+\.[0-9]*|\.[0-9]+)')
        THEN make_timestamp(CAST(trunc(TRY_CAST(s AS DECIMAL(38, 6)) * 1000) AS BIGINT) * 1000)
        WHEN regexp_full_match(s, '[+-]?[0-9]+')
        THEN make_timestamp(TRY_CAST(s AS BIGINT) * CASE WHEN length(s) >= 13 THEN 1000 ELSE 1000000 END) END""",
)
