"""What was freed goes back to the system; in a process of its own, for it changes what Python looks through."""

import subprocess
import sys

import pytest

_START = """
import gc
from monitor import memory
gc.disable()
memory.few_arenas()
memory.give_back()
looked = []
gc.callbacks.append(lambda phase, info: looked.append(phase) if phase == "start" else None)
before = memory._resident()
"""
_TAKE = """
rings = [[] for _ in range(200_000)]
for ring in rings:
    ring.append(ring)
held = memory._resident() - before
"""


def said(code):
    """What the code printed in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", _START + code], capture_output=True, text=True, check=False, timeout=60
    )
    assert not done.stderr, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(("step", "back"), [("memory.give_back()", "True"), ("pass", "False")])
def test_what_a_round_has_freed_goes_back(step, back):
    """Rings that only Python's own look finds; the control does not ask, and they stay."""
    freed = f"del ring, rings\n{step}\nprint(memory._resident() - before < held / 2)"
    assert said(_TAKE + freed) == back


def test_where_nothing_was_taken_nothing_is_looked_for():
    """A look once a minute is all the CPU a resting daemon may use; after something was taken there is one."""
    assert said("memory.give_back()\nprint(looked)") == "[]"
    assert said(_TAKE + "memory.give_back()\nprint(looked)") == "['start']"


def test_what_was_there_at_the_start_is_not_looked_through_again():
    """It stays for good; only what came later is looked at."""
    assert said("print(gc.get_freeze_count() > 1000, len(gc.get_objects()) < 1000)") == "True True"
