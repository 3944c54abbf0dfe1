"""What takes how long. Reported, never gated: see __main__.py."""
