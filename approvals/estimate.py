"""What a few cases say about all of them."""

from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


def interval(hits: int, cases: int) -> tuple[float, float]:
    """Between which shares, from 0 to 1, the true one lies with CONFIDENCE, where `hits` of `cases` were found.

    Wilson's score interval, which holds for few cases and for none or all of them too: E. B. Wilson, "Probable
    Inference, the Law of Succession, and Statistical Inference", Journal of the American Statistical Association
    22 (158), 1927, pages 209-212. Raises ValueError unless 0 <= hits <= cases and there is a case.
    """
    if not 0 <= hits <= cases or cases == 0:
        raise ValueError(f"{hits} of {cases} is no share")
    share = hits / cases
    shrink = 1 + _Z**2 / cases
    middle = (share + _Z**2 / (2 * cases)) / shrink
    reach = _Z * sqrt(share * (1 - share) / cases + _Z**2 / (4 * cases**2)) / shrink
    low = 0.0 if hits == 0 else middle - reach
    return low, 1.0 if hits == cases else middle + reach
