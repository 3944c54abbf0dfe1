"""What answers the operations that are not ours. Imports nothing: the base's own process starts with this package."""
