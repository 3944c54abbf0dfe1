"""What runs inside the default base's process: ministack, and what it lacks to lose nothing when it is killed.

Knows ministack's modules and ASGI, and nothing of the platform that started it.
"""
