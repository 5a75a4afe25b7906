"""The browser of the tests."""

import os
import shutil

# The headless shell is the same engine without the windows around it, which take two thirds of the processor.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def executable() -> str:
    """The one named in SHENBAO_CHROMIUM, else the machine's; AssertionError when there is none."""
    found = os.environ.get("SHENBAO_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    assert found, "Chromium is needed: `make test` installs it on Debian as root, else install it yourself."
    return found
