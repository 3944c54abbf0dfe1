"""``python -m boathouse.cli``: the command without its script."""

from boathouse.cli import main

main()
