"""`make bench`: every speed this project claims, against its limit, in one run; exit status 1 when one misses it.

python -m bench [name ...]     only the named modules of this folder
"""

import importlib
import pkgutil
import sys

import bench

_NO_CLAIMS = ("__main__", "declaring", "filled_form", "places", "receiving", "served", "suite", "typefaces")


def main(names: list[str]) -> int:
    """Prints a row per claim: what, measured, limit, verdict."""
    modules = names or sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name not in _NO_CLAIMS)
    missed = 0
    print(f"{'what':74} {'measured':>22} {'limit':>16}")
    for name in modules:
        for what, measured, limit, kept in importlib.import_module(f"bench.{name}").measure():
            missed += not kept
            print(f"{what:74} {measured:>22} {limit:>16}  {'ok' if kept else 'MISSED'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
