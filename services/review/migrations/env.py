"""Runs the migrations of review on the database that REVIEW_DATABASE_URL names."""

import os

from shenbao_common.web import migrating

migrating.run(os.environ["REVIEW_DATABASE_URL"])
