"""The HTTP calls, a module a topic; each routes, and leaves deciding to the modules beside this package."""
