"""A rule over many files as one test: a test a file takes a hundred times as long as the look at it."""

import inspect
from functools import wraps


def of_every(members):
    """Calls the test with each member as its first argument; it fails of all that break the rule, each named."""
    members = list(members)

    def decorate(rule):
        _, *others = inspect.signature(rule).parameters.values()

        @wraps(rule)
        def test(**fixtures):
            assert members
            faults = []
            for each in members:
                try:
                    rule(each, **fixtures)
                except AssertionError as fault:
                    faults.append(AssertionError(f"{each}: {fault}"))
            if faults:
                raise ExceptionGroup(rule.__name__, faults)

        test.__signature__ = inspect.Signature(others)
        return test

    return decorate
