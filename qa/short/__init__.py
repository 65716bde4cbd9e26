"""The words of a sentence that answer in short, in the reader's language.

Read in this order: ``asked`` (what is asked for), ``answer_spans`` with ``people`` and ``places`` (what could be
it), ``span_features`` (what speaks for it), ``rendering`` with ``formats`` and ``spelling`` (in the other
language). The door is ``short_answer``.
"""
