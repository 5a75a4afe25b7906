"""Runs the migrations of documents on the database that DOCUMENTS_DATABASE_URL names."""

from shenbao_common.kernel.settings import needed
from shenbao_common.web import migrating

migrating.run(needed("DOCUMENTS_DATABASE_URL"))
