"""Entry point: `python -m bot` is `signoff`."""

from bot.cli.main import main

if __name__ == "__main__":
    main()
