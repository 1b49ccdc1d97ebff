"""How borrowers reach the bot. A channel alone decides who is speaking, from something it verified."""
