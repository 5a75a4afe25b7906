"""Several suites in one test run: the databases are made once, each suite starts on a copy of them."""

import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import LiteralString, Self

import psycopg
from psycopg import sql

from shenbao_stack import databases, migrations, rollout, secret_store, shapes
from shenbao_stack.environment import Installation, one_address
from shenbao_stack.postgres import Cluster
from shenbao_stack.services import SERVICES
from shenbao_stack.stack import ADMIN_MADE, Plan, Stack

_PROFILE = "test"


class Nursery:
    """`with Nursery(folder) as nursery, nursery.stack() as one, nursery.stack() as other:`. Their people, keys and
    passwords are the same, their data are apart; migrations and the first administrator cost only the first one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        folder.mkdir(parents=True, exist_ok=True)
        self._secrets = secret_store.load(folder, _PROFILE)
        self._cluster = Cluster(folder / "postgres", self._secrets["postgres_password"], durable=False)

    def __enter__(self) -> Self:
        self._cluster.start()
        try:
            urls = databases.ensure(self._cluster, self._secrets)
            migrations.upgrade(urls)
            self._make_admin(urls)
        except BaseException:
            self._cluster.stop()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._cluster.stop()

    def restart_database(self) -> None:
        """Under the suites that use it: its connections end, its data stay."""
        self._cluster.stop()
        self._cluster.start()

    def stack(
        self,
        *,
        split: bool = False,
        broker_url: str | None = None,
        code: Path | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Stack:
        """A suite that is not started yet. A broker is used by one at a time: queues are named after services.

        code: another version's checkout; the suite has its processes and its migrations. extra: further settings.
        """
        number = next(self._numbers)
        folder = self._folder / f"stack-{number}"
        folder.mkdir()
        shutil.copy2(self._folder / "secrets.json", folder)
        (folder / ADMIN_MADE).touch()
        urls = self._copies(number) if code is None else self._of_version(code, number)
        return Stack(
            Plan(
                folder=folder,
                profile=_PROFILE,
                split=split,
                broker_url=broker_url,
                database_urls=urls,
                code=code,
                extra=extra or {},
            )
        )

    def _copies(self, number: int) -> dict[str, str]:
        return self._databases("CREATE DATABASE {name} OWNER {service} TEMPLATE {service} STRATEGY FILE_COPY", number)

    def _of_version(self, code: Path, number: int) -> dict[str, str]:
        """Made by that version's migrations, with its administrator."""
        urls = self._databases("CREATE DATABASE {name} OWNER {service}", number)
        rollout.upgrade(code, urls)
        self._make_admin(urls, code)
        return urls

    def _databases(self, statement: LiteralString, number: int) -> dict[str, str]:
        urls = {}
        with psycopg.connect(self._cluster.conninfo(), autocommit=True) as connection:
            for service in SERVICES:
                name = f"{service}_{number}"
                made = sql.SQL(statement).format(name=sql.Identifier(name), service=sql.Identifier(service))
                connection.execute(made)
                urls[service] = self._cluster.url(name, service, self._secrets[f"{service}_database_password"])
        return urls

    def _make_admin(self, urls: Mapping[str, str], code: Path | None = None) -> None:
        nowhere = one_address("http://127.0.0.1")  # nobody is asked for making an account
        installation = Installation(
            folder=self._folder, profile=_PROFILE, addresses=nowhere, databases=urls, secrets=self._secrets
        )
        environment = installation.environment()
        given = shapes.with_code(environment, code) if code else environment
        shapes.run_once("shenbao_identity.bootstrap", ["--username", "admin"], given)
