"""``python -m theorycalc``."""

from theorycalc.cli import main

main()
