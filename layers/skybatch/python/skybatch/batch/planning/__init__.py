"""From a request to a plan: resolve names, match image sets, make and name the tasks."""
