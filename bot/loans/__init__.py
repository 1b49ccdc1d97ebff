"""Vocabulary and rules of loan servicing: frozen dataclasses and pure functions, no I/O.

Money is an integer of fen, a rate a `Decimal` (0.146 is 14.6 % a year), a day a `datetime.date` of Asia/Shanghai, and
"today" an argument. Read `money` and `days` first, then `schedule`; the other modules stand on these three.
"""
