"""The commands of `./huanban`, a module each with `main(arguments)`."""
