"""Runs the migrations of identity on the database that IDENTITY_DATABASE_URL names."""

import os

from shenbao_common.web import migrating

migrating.run(os.environ["IDENTITY_DATABASE_URL"])
