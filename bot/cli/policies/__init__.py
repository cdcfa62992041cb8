"""Commands about policies: one is looked at, tried and replayed over the past before it is in force."""
