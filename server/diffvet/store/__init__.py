"""What is remembered between runs: answers by content, what was spent, what was dismissed, the last reviews.

``store.Store`` ties them together. They live in separate files of one directory because they break apart:
``answers.sqlite3`` can be bought again and ``reviews/`` made again, ``spending.sqlite3`` and ``dismissals.jsonl``
cannot. Nothing here raises for a broken environment except ``spending.BudgetError``; everything
else becomes a notice, once.
"""
