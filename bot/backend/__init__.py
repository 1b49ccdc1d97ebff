"""The embedded reference loan system: FastAPI over SQL, spoken to over HTTP only.

Read `docs/loan-backend.md` for the contract, then `app.py` (HTTP), `filings.py` (what a write does), `ledger.py`
(a loan as of today) and `seed.py` (where the data comes from). No loan arithmetic lives here: that is `bot.loans`.
"""
