"""Runs the migrations of units on the database that UNITS_DATABASE_URL names."""

import os

from shenbao_common.web import migrating

migrating.run(os.environ["UNITS_DATABASE_URL"])
