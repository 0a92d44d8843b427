"""What is shipped for running a server fits the server: its settings, its metrics, its paths."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from server.cli import app
from server.metrics.families import PREFIX
from server.settings import Settings
from tests.deploy.tools import tool
from tests.web.running import Site

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TEXTS = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()]
PARTS = ("_bucket", "_sum", "_count")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_setting_named_is_one(path: Path) -> None:
    named = set(re.findall(r"HOTHOUSE_[A-Z_]+", path.read_text("utf-8")))
    assert named <= {f"HOTHOUSE_{name.upper()}" for name in Settings.model_fields}


def metrics_named() -> set[str]:
    """Our metrics that the alerts and the dashboard read."""
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))
    expressions = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    board = json.loads((DEPLOY / "grafana" / "hothouse.json").read_text("utf-8"))
    expressions += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(expressions) > 20
    return {name for text in expressions for name in re.findall(rf"\b{PREFIX}[a-z_]+", text)}


@pytest.mark.anyio
async def test_every_metric_named_is_served(site: Site) -> None:
    async with site.client() as client:
        served = (await client.get("/metrics")).text
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", served, re.MULTILINE))
    for name in metrics_named():
        whole = next((name.removesuffix(part) for part in PARTS if name.endswith(part)), name)
        assert whole in types, f"/metrics serves no {name}"
        assert (whole != name) == (types[whole] == "histogram"), name


def test_alerts_have_a_summary_and_a_severity() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))
    for rule in rules["groups"][0]["rules"]:
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("page", "ticket")


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / "hothouse.yaml").read_text("utf-8")))


@pytest.mark.anyio
async def test_probes_are_answered(site: Site) -> None:
    [pod] = [one["spec"]["template"]["spec"]["containers"][0] for one in manifests() if one["kind"] == "Deployment"]
    async with site.client() as client:
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert (await client.get(pod[probe]["httpGet"]["path"])).status_code == 200


def test_containers_run_as_nobody_on_a_read_only_file_system() -> None:
    [pod] = [one["spec"]["template"]["spec"] for one in manifests() if one["kind"] == "Deployment"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"]
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert compose["services"]["hothouse"]["read_only"]
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert image.index("USER hothouse") < image.index('CMD ["python", "-m", "server"')


def test_the_store_is_set_up_before_a_server_starts() -> None:
    """By a command that there is: `serve` refuses a MongoDB database that nobody has set up."""
    [pod] = [one["spec"]["template"]["spec"] for one in manifests() if one["kind"] == "Deployment"]
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    assert compose["hothouse"]["depends_on"] == {"store": {"condition": "service_completed_successfully"}}
    for command in (pod["initContainers"][0]["command"], compose["store"]["command"]):
        assert command[:3] == ["python", "-m", "server"]
        asked = CliRunner().invoke(app, [*command[3:], "--help"])
        assert asked.exit_code == 0
        assert "Set the stores up" in asked.output


def test_the_image_copies_what_there_is() -> None:
    for line in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = (DEPLOY / "hothouse.service").read_text("utf-8").replace("/opt/hothouse/.venv/bin/hothouse", "/bin/true")
    (tmp_path / "hothouse.service").write_text(unit)
    done = subprocess.run(
        ("systemd-analyze", "verify", str(tmp_path / "hothouse.service")), capture_output=True, text=True, check=False
    )
    assert "hothouse.service" not in done.stderr, done.stderr


def test_prometheus_takes_the_alerts() -> None:
    rules = DEPLOY / "prometheus" / "alerts.yaml"
    done = subprocess.run((tool("promtool"), "check", "rules", str(rules)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_lock_of_the_image_holds_no_tool_of_ours_and_the_same_versions() -> None:
    whole = _versions("requirements.lock")
    lean = _versions("requirements.runtime.lock")
    assert lean.items() <= whole.items()
    assert not lean.keys() & {"pytest", "mypy", "ruff", "secantusdb"}
    assert lean.keys() >= {"starlette", "strawberry-graphql", "motor", "uvicorn"}


def _versions(lock: str) -> dict[str, str]:
    return dict(
        re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE | re.IGNORECASE)
    )
