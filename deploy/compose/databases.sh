#!/bin/bash
# A database and a user per service; no user reaches another's database.
set -e
for service in identity units applications review documents subscriptions; do
  variable="${service^^}_DATABASE_PASSWORD"
  psql -v ON_ERROR_STOP=1 <<SQL
CREATE USER $service PASSWORD '${!variable}';
CREATE DATABASE $service OWNER $service;
REVOKE CONNECT ON DATABASE $service FROM PUBLIC;
SQL
done
