"""还伴 (Huanban): a support bot for people who owe money."""
