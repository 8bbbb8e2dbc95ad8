"""Route handlers, a module a resource or a VO standard."""
