"""Whether a sentence says no more than the one it cites, in either language.

Read in this order: ``wording`` (words and quotations), ``transliteration`` (a name in other letters),
``word_support``, ``figures``, ``negation``. The door is ``support``.
"""
