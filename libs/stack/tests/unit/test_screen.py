"""The screen says what a newcomer needs next."""

from pathlib import Path

from shenbao_stack.screen import Hint, ready


def test_the_screen_names_address_people_data_and_the_way_out() -> None:
    hints = [
        Hint("管理员 administrator", "部门", "admin", "Shenbao-1234"),
        Hint("单位 unit", "单位", "unitA1", "Shenbao-1234"),
    ]
    text = ready("http://127.0.0.1:8000", Path("/data/here"), hints, 6.4)
    assert all(word in text for word in ("http://127.0.0.1:8000", "unitA1", "Shenbao-1234", "/data/here", "Ctrl-C"))


def test_passwords_stand_in_one_column_whatever_the_script() -> None:
    hints = [Hint("管理员", "部门", "admin", "x"), Hint("ab", "单位", "b", "x")]
    lines = [line for line in ready("u", Path("d"), hints, 1).splitlines() if line.endswith(" x")]
    wide = [sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in lines]
    assert len(set(wide)) == 1
