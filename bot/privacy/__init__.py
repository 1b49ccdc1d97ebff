"""The life of what was said: how long it is kept, how it is deleted everywhere, how it leaves in one file (docs/privacy.md)."""
