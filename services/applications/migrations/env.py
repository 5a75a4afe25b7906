"""Runs the migrations of applications on the database that APPLICATIONS_DATABASE_URL names."""

import os

from shenbao_common.web import migrating

migrating.run(os.environ["APPLICATIONS_DATABASE_URL"])
