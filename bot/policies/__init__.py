"""What the bot does next: rules only, never a guess."""
