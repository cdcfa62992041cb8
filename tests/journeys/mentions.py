"""The town with an agent that is called back, and a second one that is not; a receiver stands beside it."""

from contextlib import asynccontextmanager

from tests.receiver import SECRET, receiving
from tests.town import POLICY, open_town

LOOPBACK = "127.0.0.0/8"


def policy_for(receiver, *, hooks="hooks/*"):
    """The town's policy, with callbacks of the agent shop to the receiver."""
    callbacks = f'    callbacks: ["{receiver.url}/{hooks}"]\n    callback_secret_env: SHOP_CALLBACK\n'
    return POLICY.replace("    token_env: SHOP_TOKEN\n", f"    token_env: SHOP_TOKEN\n{callbacks}") + WATCHED


WATCHED = """\
  - {id: refunds-watched, action: "refund.watched", tier: watch, role: support, object_within: 30m}
  - {id: mails-settle, action: "email.soon", tier: approve, role: support, undo_window: 10m}
"""


@asynccontextmanager
async def called_town(folder, mode, **changes):
    """A town whose bot is not started yet, and the receiver."""
    async with receiving() as receiver:
        variables = {"SHOP_CALLBACK": SECRET, "SIGNOFF_PRIVATE_CALLBACKS": LOOPBACK}
        async with open_town(folder, mode, policy=policy_for(receiver), variables=variables, **changes) as town:
            yield town, receiver
