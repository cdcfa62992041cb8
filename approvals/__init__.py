"""The domain: what a proposal is, who may decide it and what follows. Pure rules, the standard library only.

Two exceptions, each behind one door: `rfc8785` in `digest.py` and `jsonpatch` in `patch.py`. Digest and patch are
this domain's own ideas, and neither canonical JSON nor RFC 6902 is something to write twice.
"""
