"""From a plan to delivered images: queue, workers, and the account of what is finished."""
