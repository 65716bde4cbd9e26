"""Speed of Isnad beside a transformer of MiniLM-L6's size: ``python -m tests.bench``."""
