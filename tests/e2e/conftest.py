"""The fixtures of whole stacks stand in `tests.running`, for contract tests to share."""

from tests.running import StartStack

__all__ = ["StartStack"]
