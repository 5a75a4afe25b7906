"""Runs the migrations of documents on the database that DOCUMENTS_DATABASE_URL names."""

import os

from shenbao_common.web import migrating

migrating.run(os.environ["DOCUMENTS_DATABASE_URL"])
