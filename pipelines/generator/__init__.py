"""Made-up GitHub events, the same for the same seed on every Python: for demos, tests and measurements."""
