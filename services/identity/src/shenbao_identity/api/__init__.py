"""HTTP in and out: the OpenID provider at the root of the mount, the JSON API under /v1."""
