"""What functions there are: each a Trino signature and the DuckDB SQL that means exactly the same. One file a noun."""
