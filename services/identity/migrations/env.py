"""Runs the migrations of identity on the database that IDENTITY_DATABASE_URL names."""

from shenbao_common.kernel.settings import needed
from shenbao_common.web import migrating

migrating.run(needed("IDENTITY_DATABASE_URL"))
