"""A release is refused for each thing that would make it another one than it says."""

import dataclasses

import pytest

from tests.house.release import Checkout, altered, faults, here, migrations, released_migrations

SOUND = Checkout(
    bot={"project": {"version": "1.2.3", "dependencies": ["signoff-client==1.2.3"]}},
    client={"project": {"version": "1.2.3"}},
    changelog="# Changelog\n\n## 1.2.3, 2026-11-30\n\nNew.\n\n## 1.2.2, 2026-11-01\n",
    changed="",
    tagged="",
    head="abc",
    migrations={"sqlite/0001_first.sql": "1f", "postgresql/0001_first.sql": "2e"},
    released={"sqlite/0001_first.sql": "1f", "postgresql/0001_first.sql": "2e"},
)


def test_what_is_whole_can_be_released_once_and_again_from_its_own_commit():
    assert list(faults(SOUND)) == []
    assert list(faults(dataclasses.replace(SOUND, tagged="abc"))) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client": {"project": {"version": "1.2.2"}}}, "released together"),
        ({"bot": {"project": {"version": "1.2.3", "dependencies": ["signoff-client==1.2.2"]}}}, "of one version"),
        ({"changelog": "# Changelog\n\n## Unreleased\n\n## 1.2.3, 2026-11-30\n"}, "begins with “Unreleased”"),
        ({"changelog": "# Changelog\n\n## 1.2.4, 2026-11-30\n"}, "begins with “1.2.4"),
        ({"changelog": "# Changelog\n\n## 1.2.3\n"}, "name what is released"),
        ({"changed": " M bot/compose.py"}, "bot/compose.py"),
        ({"tagged": "def"}, "tagged at another commit"),
        ({"migrations": SOUND.migrations | {"sqlite/0001_first.sql": "3d"}}, "sqlite/0001_first.sql was released"),
        ({"migrations": {"sqlite/0001_first.sql": "1f"}}, "postgresql/0001_first.sql was released"),
        ({"migrations": SOUND.migrations | {"sqlite/0002_more.sql": "4c"}}, "in sqlite/0002_more.sql any more"),
    ],
)
def test_each_thing_that_is_amiss_is_said(changes, said):
    (fault,) = faults(dataclasses.replace(SOUND, **changes))
    assert said in fault


def test_both_distributions_of_this_checkout_are_of_one_version():
    checkout = dataclasses.replace(here(), changed="", tagged="", changelog=SOUND.changelog, released=migrations())
    assert [fault for fault in faults(checkout) if "version" in fault or "released together" in fault] == []


def test_each_migration_that_was_released_is_what_it_was():
    assert list(altered(migrations(), released_migrations())) == []
