"""The client as a distribution: what is in the wheel, what it needs, what importing it brings along."""

import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT / "client",
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("signoff_client-*-py3-none-any.whl")
    with zipfile.ZipFile(built) as opened:
        yield opened


def test_the_wheel_has_every_module_and_its_types_and_nothing_else(wheel):
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    ours = {str(path.relative_to(ROOT / "client")) for path in (ROOT / "client/signoff_client").rglob("*.py")}
    assert packed == {*ours, "signoff_client/py.typed"}


def test_it_needs_three_small_libraries_and_the_rest_only_on_demand(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    needs = HeaderParser().parsestr(wheel.read(name).decode()).get_all("Requires-Dist")
    assert {each.split(">")[0] for each in needs if "extra ==" not in each} == {"httpx", "httpx-sse", "rfc8785"}


def test_importing_it_loads_no_framework_and_no_cryptography():
    asked = "import sys, signoff_client; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout.split()
    heavy = {"joserfc", "cryptography", "aiohttp", "pydantic", "slack_sdk", "bot", "langchain", "mcp", "temporalio"}
    assert "signoff_client" in loaded
    assert not heavy & set(loaded)
