"""How well questions are answered, for each language of question and article.

Read in this order: ``gold`` (questions with answers), ``outcome`` (what became of one), ``metrics``, ``estimate``,
``curve``, ``report``; ``trials`` (questions to learn from), ``gold_set`` with ``arcd``, ``floors`` with
``floor_file``. The doors are the scripts ``qa.evaluate``, ``qa.calibrate`` and ``qa.gate``.
"""
