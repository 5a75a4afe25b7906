"""Names of files as people write them."""

import pytest

from shenbao_documents.domain.names import cleaned, extension


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\张三\\评审表.PDF", "评审表.PDF"),
        ("测试𬱖𠮷 😀.pdf", "测试𬱖𠮷 😀.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("line\r\nbreak\x00.pdf", "linebreak.pdf"),
        ("..", "file"),
        ("", "file"),
    ],
)
def test_a_name_is_shown_without_path_and_tricks(given: str, shown: str) -> None:
    assert cleaned(given) == shown


def test_a_name_of_300_characters_keeps_its_extension() -> None:
    assert cleaned("长" * 300 + ".pdf") == "长" * 196 + ".pdf"


def test_an_extension_is_what_people_read_as_one() -> None:
    assert [extension(n) for n in ("a.PDF", ".pdf", "a", "a.tar.gz", "a." + "x" * 20)] == [".pdf", "", "", ".gz", ""]
