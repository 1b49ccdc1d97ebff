"""What the widget is tried against: a scripted bot, and unit tests that run in Node."""
