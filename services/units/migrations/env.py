"""Runs the migrations of units on the database that UNITS_DATABASE_URL names."""

from shenbao_common.kernel.settings import needed
from shenbao_common.web import migrating

migrating.run(needed("UNITS_DATABASE_URL"))
