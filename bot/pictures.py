"""Pictures of figures, drawn where matplotlib is installed: an extra, to which this is the one door.

`draw` runs in a process of its own, for it takes a second. Nothing that anybody wrote is in a picture: days, numbers
and our own words.
"""

import io
from dataclasses import dataclass
from importlib.util import find_spec

_INK, _FAINT = "#1d1c1d", "#8b8a8d"
_INCHES, _DOTS = (4.5, 2.7), 267
"""Of a phone's width, at twice its sharpness."""
_LEAST = 0.14
"""Of the picture's height, below which no number fits into a part of a bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of each bar."""

    name: str
    colour: str
    hatch: str = ""
    """Tells it from others where colours do not."""
    numbers: tuple[int, ...]
    """One for each bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Bars side by side, each a pile of the same parts."""

    names: tuple[str, ...]
    parts: tuple[Part, ...]


def is_installed() -> bool:
    """Whether there is what draws."""
    return find_spec("matplotlib") is not None


def draw(bars: Bars) -> bytes:
    """The picture, as a PNG. Without what draws: ImportError."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 an extra, which takes a second
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    figure = Figure(figsize=_INCHES, dpi=_DOTS, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    places = range(len(bars.names))
    below = [0] * len(bars.names)
    highest = max(map(sum, zip(*(part.numbers for part in bars.parts), strict=True)), default=0)
    for part in bars.parts:
        drawn = axes.bar(
            places,
            part.numbers,
            bottom=below,
            width=0.7,
            color=part.colour,
            edgecolor="white",
            hatch=part.hatch,
            label=part.name,
        )
        said = [str(number) if number > _LEAST * highest else "" for number in part.numbers]
        plate = {"boxstyle": "round,pad=0.25", "facecolor": part.colour, "edgecolor": "none"} if part.hatch else None
        axes.bar_label(drawn, labels=said, label_type="center", color="white", fontsize=11, bbox=plate)
        below = [base + number for base, number in zip(below, part.numbers, strict=True)]
    axes.set_xticks(places, [name.replace(" ", "\n") for name in bars.names])
    axes.set_ylim(0, max(1, highest) * 1.05)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.tick_params(labelsize=12, colors=_INK, length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(axis="y", color=_FAINT, alpha=0.25)
    axes.set_axisbelow(True)
    figure.legend(
        loc="outside lower center",
        ncols=3,
        fontsize=10,
        handlelength=1.2,
        columnspacing=1.2,
        frameon=False,
        labelcolor=_INK,
    )
    made = io.BytesIO()
    # matplotlib says nothing of what this one takes
    canvas.print_png(made)  # type: ignore[no-untyped-call]
    return made.getvalue()
