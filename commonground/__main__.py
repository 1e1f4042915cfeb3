"""``python -m commonground``: see cli.py."""

from commonground.cli import main

raise SystemExit(main())
