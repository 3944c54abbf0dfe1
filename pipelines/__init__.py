"""The reference platform: GitHub's events from Kinesis to a star schema. It knows AWS, and no emulator of it."""
