"""Makes the first administrator: `python -m shenbao_identity.bootstrap --username admin`.

The password comes from IDENTITY_ADMIN_PASSWORD and is changed at the first sign-in, unless
IDENTITY_ADMIN_PASSWORD_IS_FINAL is true (demo and test installations). An account that exists is left as it is.
"""

import argparse

from environs import Env

from shenbao_common.kernel import clock
from shenbao_common.web.service import database
from shenbao_identity.actions import accounts
from shenbao_identity.settings import Settings


def make(settings: Settings, *, username: str, password: str, is_final: bool) -> None:
    """Refuses a user name or password that breaks the rules."""
    engine, sessions = database(settings)
    with sessions.begin() as session:
        accounts.make_first_administrator(
            session, username=username, password=password, is_final=is_final, now=clock.now()
        )
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--username", default="admin")
    env = Env()
    make(
        Settings.from_env(),
        username=parser.parse_args().username,
        password=env.str("IDENTITY_ADMIN_PASSWORD"),
        is_final=env.bool("IDENTITY_ADMIN_PASSWORD_IS_FINAL", False),
    )


if __name__ == "__main__":
    main()
