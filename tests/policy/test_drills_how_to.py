"""docs/how-to/drills.md: what it shows is taken as it stands, together."""

import re

from policy import load
from tests.house.tree import ROOT
from tests.policy.files import ENVIRON, written

PAGE = ROOT / "docs" / "how-to" / "drills.md"


def test_the_library_and_the_key_of_the_page_make_a_policy_with_a_drill(tmp_path):
    library, key = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "drills.yml").write_text(library, encoding="utf-8")
    path = written(tmp_path, roles=None, agents=None, defaults=None, version=None)
    path.write_text(
        "version: 1\nroles:\n  support: {channel: C0SUPPORT, members: [U0ALICE]}\n"
        'agents:\n  bot: {token_env: BOT_TOKEN, actions: ["*"]}\ndefaults: {tier: approve, role: support}\n' + key,
        encoding="utf-8",
    )
    terms = load(path, ENVIRON).drills
    assert (terms.share, terms.most, terms.roles) == (0.02, 2, {"support"})
    ((plant,),) = terms.plants.values()
    assert "another account" in plant.drill.wrong
    assert "`to`" in plant.drill.look_at
