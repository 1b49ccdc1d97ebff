"""Understanding borrowers: pure parsers, and the Rasa components that are thin shells around them."""
