"""The circuit lets one caller in after its pause, and all when that one succeeded."""

from shenbao_common.kernel.circuit import Circuit


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_it_opens_after_failures_in_a_row_only() -> None:
    circuit = Circuit(failures=2, clock=Clock())
    circuit.failed()
    circuit.succeeded()
    circuit.failed()
    assert circuit.lets_through()
    circuit.failed()
    assert not circuit.lets_through()


def test_after_the_pause_one_caller_tries_and_the_others_wait_for_what_it_finds() -> None:
    clock = Clock()
    circuit = Circuit(failures=1, seconds=30, clock=clock)
    circuit.failed()
    clock.seconds = 30
    assert [circuit.lets_through(), circuit.lets_through()] == [True, False]
    circuit.succeeded()
    assert [circuit.lets_through(), circuit.lets_through()] == [True, True]


def test_a_failed_try_begins_the_pause_anew() -> None:
    clock = Clock()
    circuit = Circuit(failures=1, seconds=30, clock=clock)
    circuit.failed()
    clock.seconds = 30
    assert circuit.lets_through()
    circuit.failed()
    clock.seconds = 59
    assert not circuit.lets_through()
    clock.seconds = 60
    assert circuit.lets_through()
