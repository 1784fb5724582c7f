"""``python -m diffvet`` is ``diffvet``."""

from diffvet.cli.entry import main

if __name__ == "__main__":
    main()
