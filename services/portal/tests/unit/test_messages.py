"""Every code that a service can answer has plain words."""

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from shenbao_portal.messages import known, words

ROOT = Path(__file__).parents[4]
REFUSALS = "Problem|RuleBroken|Conflict|NotAllowed|NotFound|TooMany|Unauthenticated|Stale|Behind|ValidationError"
CODES = re.compile(rf"\b(?:{REFUSALS})\(\s*\"([a-z_]+)[\":]")
# What only programs meet: wrong requests of OAuth clients and of the API's callers.
FOR_PROGRAMS = {"unknown_client", "unregistered_redirect", "wrong_token", "unknown_section", "choose_one", "not_heard"}


def codes() -> Iterator[str]:
    for path in (*ROOT.glob("services/*/src/**/*.py"), *ROOT.glob("libs/common/src/shenbao_common/web/*.py")):
        if "shenbao_portal" not in path.parts:
            yield from CODES.findall(path.read_text(encoding="utf-8"))


def test_every_code_of_a_service_has_words() -> None:
    assert sorted({code for code in codes() if not known(code)} - FOR_PROGRAMS) == []


def test_a_limit_of_a_file_is_told_in_megabytes(portal: Flask) -> None:
    with portal.test_request_context():
        assert words("file_too_large", {"limit": 4194304}) == "文件大小不超过 4 MB"
        assert words("wrong_format", {"allowed": "pdf", "limit": 4194304}) == "只能上传 PDF 格式的文件，大小不超过 4 MB"


def test_the_language_of_the_request_is_spoken(portal: Flask) -> None:
    with portal.test_request_context(headers={"Cookie": "shenbao_language=en"}):
        assert words("too_short", {"limit": 8}) == "At least 8 characters"


def test_texts_that_the_manual_fixes_are_shown_as_written(portal: Flask) -> None:
    with portal.test_request_context():
        assert words("sub_account_has_records") == "有申报记录的子账号，不可删除"
        assert words("too_long", {"limit": "800"}) == "不得超过800字"


def test_what_a_programme_demands_is_said_in_its_own_words(portal: Flask) -> None:
    demand = {"zh": "后备人选的入选批次为“无”", "en": "The batch of a reserve candidate is None"}
    with portal.test_request_context():
        assert words("batch_of_reserve_candidate", demand) == demand["zh"]
    with portal.test_request_context(headers={"Cookie": "shenbao_language=en"}):
        assert words("batch_of_reserve_candidate", demand) == demand["en"]


def test_an_unknown_code_is_still_a_sentence(portal: Flask) -> None:
    with portal.test_request_context():
        assert "never_heard" in words("never_heard")
