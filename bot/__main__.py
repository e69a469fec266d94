"""The ``bot`` command. ``bot run`` does not import the other commands: Rasa must be prepared before its import."""

from __future__ import annotations

import sys

from bot.core.data_folder import NO_ROOM
from bot.core.errors import OwnerFileError, is_disk_full
from bot.core.settings import SettingsError
from bot.dialogue.model import ModelError


def main() -> None:
    """The entry point: a user's mistake ends with a sentence, not with a traceback."""
    try:
        if sys.argv[1:] == ["run"]:
            from bot.runtime.startup import run

            run()
        else:
            from bot.cli.app import app
            from bot.cli.person import sentences

            with sentences():
                app()
    except (SettingsError, ModelError, OwnerFileError) as error:
        raise SystemExit(str(error)) from None
    except OSError as error:
        if is_disk_full(error):
            raise SystemExit(NO_ROOM) from None
        if error.filename is None:
            raise
        raise SystemExit(f"{error.filename} cannot be used: {error.strerror}.") from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None  # the exit code of a program that Ctrl-C ended


if __name__ == "__main__":
    main()
