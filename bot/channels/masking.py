"""Nothing about a person rests in clear: what is private in a message is replaced by what it is before anything keeps it.

Numbers (`masked_numbers.py`): identity cards, bank cards, telephones, e-mail addresses. What a word before it tells
(`masked_accounts.py`): accounts, plates, codes, passwords. Names (`masked_names.py`): of the borrower and of others. Places
(`masked_places.py`): postal addresses. Amounts, days, numbers of requests and contracts, card tails and the public numbers of
help lines stay, since the bot has to read them.
"""

from __future__ import annotations

from bot.channels.masked_accounts import mask_accounts
from bot.channels.masked_names import mask_names
from bot.channels.masked_numbers import mask_numbers, mask_spoken_numbers, plain_digits
from bot.channels.masked_places import mask_places


def mask(text: str) -> str:
    """The text with what is private replaced by what it is.

    >>> mask("我叫王芳，电话13800138000，住在成都市武侯区人民南路四段12号3栋2单元501")
    '我叫[姓名]，电话[手机号]，住在[地址]'
    >>> mask("欠12000.50元，申请DF00000003，尾号8846")
    '欠12000.50元，申请DF00000003，尾号8846'
    """
    text = mask_spoken_numbers(mask_accounts(mask_numbers(plain_digits(text))))
    return mask_places(mask_names(text))
