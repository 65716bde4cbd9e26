"""An answer in a language model's words, each sentence of which rests on cited ones.

Read in this order: ``prompt``, ``language_model`` with ``chat`` (the protocol), ``claims`` (the reply's
sentences), ``attribution`` (what each rests on). The door is ``rephrasing``.
"""
