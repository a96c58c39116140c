"""Numbers as people read them: counts, shares, times."""

from __future__ import annotations

from nnstudio.core.words import tr

_STEPS = ((1e12, "T"), (1e9, "G"), (1e6, "M"))


def grouped(count: int) -> str:
    """Write a whole number with its thousands apart: ``18,730``."""
    return f"{count:,}"


def rounded(count: float) -> str:
    """Write a number short: ``18,730`` as it is, 14,387,200 as ``14.4 M``."""
    for size, unit in _STEPS:
        if count >= size * 0.99995:
            return f"{count / size:.3g} {unit}"
    return f"{count:,.0f}"


def percent(share: float) -> str:
    """Write a share of 1 in per cent with one place: ``97.8 %``."""
    return f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """Write a time to wait: ``4 s``, ``2 min 5 s``, ``1 h 10 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return tr("{seconds} s", seconds=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return tr("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
    hours, minutes = divmod(minutes, 60)
    return tr("{hours} h {minutes} min", hours=hours, minutes=minutes)


def sign_text(sign: str) -> str:
    """Write a sign of a text so that it can be seen: a space as ``␣``, the end of a line as ``↵``."""
    return {" ": "␣", "\n": "↵"}.get(sign, sign)
