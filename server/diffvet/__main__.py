"""``python -m diffvet`` is ``diffvet``."""

from diffvet.cli.main import main

if __name__ == "__main__":
    main()
