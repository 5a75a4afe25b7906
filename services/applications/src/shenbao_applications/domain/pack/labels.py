"""What statuses are called where a programme does not say."""

LABELS = {
    "in_publicity": {"zh": "公示", "en": "In publicity"},
    "certified": {"zh": "已发证", "en": "Certified"},
    "superseded": {"zh": "已另行申报", "en": "Declared anew"},
}
"""Names of statuses that a programme need not name itself."""
