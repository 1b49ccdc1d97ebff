"""How well the bot understands, measured on sentences it has never seen; `./huanban evaluate` prints it."""
