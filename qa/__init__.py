"""A question in, an answer made of cited verbatim sentences out."""

from qa.answer import Answer, Citation, ask
from qa.retrieval import Hit, retrieve

__all__ = ["Answer", "Citation", "Hit", "ask", "retrieve"]
