"""What a text names that can be held against another text: numbers, money, quantities, dates, countries, people.

Read in this order: ``number_reader`` over ``numbers`` (``numbers_ar`` and ``numbers_en`` read number words),
``amounts``, ``when``, ``clock``, ``countries``, ``names``. The door is ``mention``.
"""
