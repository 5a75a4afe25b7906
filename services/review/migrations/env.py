"""Runs the migrations of review on the database that REVIEW_DATABASE_URL names."""

from shenbao_common.kernel.settings import needed
from shenbao_common.web import migrating

migrating.run(needed("REVIEW_DATABASE_URL"))
