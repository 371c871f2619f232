"""`python -m tracelab`."""

from tracelab.cli import main

if __name__ == "__main__":
    main()
