"""Runs the migrations of subscriptions on the database that SUBSCRIPTIONS_DATABASE_URL names."""

from shenbao_common.kernel.settings import needed
from shenbao_common.web import migrating

migrating.run(needed("SUBSCRIPTIONS_DATABASE_URL"))
