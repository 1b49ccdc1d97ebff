"""The processes that `./huanban up` runs: loan backend, action server, Rasa server; each can be started alone."""
