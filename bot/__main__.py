"""The ``bot`` command. ``bot run`` goes its own way: Rasa is told what to leave out before it is imported."""

from __future__ import annotations

import sys

from bot.core.data_folder import NO_ROOM
from bot.core.errors import is_disk_full
from bot.core.settings import SettingsError
from bot.dialogue.model import ModelError


def main() -> None:
    """The entry point: a mistake ends with a sentence, not with a traceback."""
    try:
        if sys.argv[1:] == ["run"]:
            from bot.runtime.startup import run

            run()
        else:
            from bot.cli.app import app
            from bot.cli.person import sentences

            with sentences():
                app()
    except (SettingsError, ModelError) as error:
        raise SystemExit(str(error)) from None
    except OSError as error:
        if not is_disk_full(error):
            raise
        raise SystemExit(NO_ROOM) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None  # what a shell reports for a program ended by Ctrl-C


if __name__ == "__main__":
    main()
