"""Makes the first administrator: `python -m shenbao_identity.bootstrap --username admin`.

The password comes from IDENTITY_ADMIN_PASSWORD and is changed at the first sign-in, unless
IDENTITY_ADMIN_PASSWORD_IS_FINAL is true (demo and test installations). An account that exists is left as it is.
`--duty system`, `security` or `audit` makes one of the three whom an installation keeps apart (`separate_duties`).
"""

import argparse

from environs import Env

from shenbao_common.kernel import clock
from shenbao_common.web.service import database
from shenbao_identity.actions import accounts
from shenbao_identity.actions.accounts import FirstAdministrator
from shenbao_identity.domain.account import DUTIES
from shenbao_identity.settings import Settings


def make(settings: Settings, first: FirstAdministrator) -> None:
    """Refuses a user name or password that breaks the rules, and who would be all three where these are kept apart."""
    engine, sessions = database(settings)
    try:
        with sessions.begin() as session:
            accounts.make_first_administrator(session, first, policy=settings.policy, now=clock.now())
    finally:
        engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--username", default="admin")
    parser.add_argument("--duty", choices=sorted(DUTIES), default="")
    told, env = parser.parse_args(), Env()
    first = FirstAdministrator(
        username=told.username,
        duty=told.duty,
        password=env.str("IDENTITY_ADMIN_PASSWORD"),
        is_final=env.bool("IDENTITY_ADMIN_PASSWORD_IS_FINAL", False),
    )
    make(Settings.from_env(), first)


if __name__ == "__main__":
    main()
