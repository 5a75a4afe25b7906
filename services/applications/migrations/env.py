"""Runs the migrations of applications on the database that APPLICATIONS_DATABASE_URL names."""

from shenbao_common.kernel.settings import needed
from shenbao_common.web import migrating

migrating.run(needed("APPLICATIONS_DATABASE_URL"))
