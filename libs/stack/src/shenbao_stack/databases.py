"""One database and one database user per service: nobody reads another's rows."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from shenbao_stack.postgres import Cluster
from shenbao_stack.services import SERVICES


def ensure(cluster: Cluster, secrets: Mapping[str, str]) -> dict[str, str]:
    """Makes what is missing; answers each service's database address."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for service in SERVICES:
            if service not in roles:
                _make_user(connection, service, _password(secrets, service))
            if service not in databases:
                _make_database(connection, service)
    return {s: cluster.url(s, s, _password(secrets, s)) for s in SERVICES}


def _password(secrets: Mapping[str, str], service: str) -> str:
    return secrets[f"{service}_database_password"]


def _make_user(connection: psycopg.Connection[tuple[object, ...]], name: str, password: str) -> None:
    statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(name), sql.Literal(password)))


def _make_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    owned = sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(name))
    closed = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
    connection.execute(owned)
    connection.execute(closed)
