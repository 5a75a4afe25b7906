"""Runs the migrations of subscriptions on the database that SUBSCRIPTIONS_DATABASE_URL names."""

import os

from shenbao_common.web import migrating

migrating.run(os.environ["SUBSCRIPTIONS_DATABASE_URL"])
