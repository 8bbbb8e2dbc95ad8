"""Run the command as ``python -m skybatch.cli``."""

import sys

from skybatch.cli import main

sys.exit(main())
