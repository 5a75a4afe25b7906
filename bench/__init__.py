"""The speeds that Shenbao claims; each module has `measure()` with rows (what, measured, limit, kept)."""
