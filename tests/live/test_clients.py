"""Standard clients of other people against the real server: graphql-ws, @urql/core and Apollo Client, under Node.js."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parent / "clients"
WITHIN_S = 240


def test_standard_clients_work() -> None:
    """`node --test` in tests/live/clients, whose files say what is proved. It starts and kills a server of its own."""
    if not (CLIENTS / "node_modules" / ".ready").exists():
        pytest.fail("The clients have not been installed: run `make clients` first.")
    node = shutil.which("node")
    assert node, "Node.js is needed: see scripts/require"
    environment = {**os.environ, "PYTHON": sys.executable}
    command = [node, "--test", "--test-reporter=spec"]
    done = subprocess.run(command, cwd=CLIENTS, env=environment, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    passed = next(line for line in done.stdout.splitlines() if line.startswith("ℹ pass "))
    assert int(passed.split()[-1]) >= 16, done.stdout
