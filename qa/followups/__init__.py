"""What a follow-up question leaves open, and what the questions before it said.

Read in this order: ``grammar`` (small words), ``phrases`` (what a text speaks of; ``arabic_phrases`` and
``english_phrases`` find it), ``arabic_references`` and ``english_references`` (pronouns, missing subjects),
``rendering`` (a phrase in the other language), ``ellipsis`` ("what about Morocco?"). The door is
``qa.conversation``.
"""
