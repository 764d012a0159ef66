"""Features: what can be done in a room. Each is one module with one ``Feature``."""

from webinars.live.features.registry import (
    CommandContext,
    Feature,
    Rate,
    Refused,
    SignalContext,
    StateValue,
    register,
)

__all__ = [
    "CommandContext",
    "Feature",
    "Rate",
    "Refused",
    "SignalContext",
    "StateValue",
    "register",
]
