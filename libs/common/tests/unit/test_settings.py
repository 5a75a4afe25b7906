"""Settings: everything that is missing or wrong is said at once, and there is no default for a secret."""

import pytest
from environs import EnvValidationError

from shenbao_common.testing.service import environment
from shenbao_common.web.settings import ServiceSettings


def test_complete_settings_are_read() -> None:
    settings = ServiceSettings.of("units", environment("units", "postgresql://host/units", {}))
    assert settings.service == "units"
    assert settings.broker_url is None
    assert settings.service_urls["review"] == "http://review.test"


def test_every_missing_value_is_named_at_once() -> None:
    with pytest.raises(EnvValidationError) as refused:
        ServiceSettings.of("units", {"SHENBAO_PROFILE": "holiday"})
    named = set(refused.value.error_messages)
    assert {"SHENBAO_PROFILE", "UNITS_DATABASE_URL", "UNITS_SIGNING_KEY", "UNITS_DATA_KEY"} <= named
