"""What holds for all tests: laws are tried as long as they take, for a busy machine is no counterexample."""

from hypothesis import HealthCheck, settings

settings.register_profile("signoff", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("signoff")
