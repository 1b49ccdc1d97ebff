"""What the bot does: a module per topic. Actions route; `bot.loans` decides, `bot.client` asks, `domain.yml` speaks."""
