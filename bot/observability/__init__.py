"""What an operator sees of a process: health, metrics, logs with a request id, and traces when they are switched on."""
