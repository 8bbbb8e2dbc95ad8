"""How much work and time a search may take."""

from __future__ import annotations

import time

from skybatch.errors import TooLarge

MAX_SECONDS = 20.0  # the API gives up after 30
# A step is an operation on one number of one image, about half a nanosecond; all of them are below 2 s.
MAX_STEPS = 2_500_000_000
# Reading one image set and looking whether it has images in each band: as a record, of formats 1 and 2 of the
# inventory. Of format 3 it takes a tenth of that, where no corner or file name is worked out.
STEPS_PER_SET = 600
ROWS_PER_CALL = 2_000  # an operation of numpy on no rows takes as long as one on so many


class SearchBudget:
    """The work and the time that one search has left.

    Work is charged before it is done, so that a search that would take too much is refused, not stopped.
    """

    def __init__(self, steps: int = MAX_STEPS, seconds: float = MAX_SECONDS) -> None:
        self.steps_left = steps
        self._end = time.monotonic() + seconds

    def check_time(self) -> None:
        """Raise TooLarge once the search has taken as long as it may."""
        if time.monotonic() > self._end:
            raise TooLarge("The search takes too long: narrow it by POS, or give fewer conditions.")

    def charge(self, steps: int) -> None:
        """Take steps off what is left. Raises TooLarge where they are too many, or the time is over."""
        self.check_time()
        if steps > self.steps_left:
            raise TooLarge("The search takes too much work: narrow it by POS, or give fewer conditions.")
        self.steps_left -= steps

    def charge_sets(self, count: int) -> None:
        """Charge the reading of some image sets. Raises TooLarge as ``charge`` does."""
        self.charge(count * STEPS_PER_SET)

    def charge_rows(self, steps_a_row: int, rows: int) -> None:
        """Charge operations on each of some rows. Raises TooLarge as ``charge`` does."""
        self.charge(steps_a_row * (rows + ROWS_PER_CALL))
