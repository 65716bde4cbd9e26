"""The archive that ships with Isnad: articles and gold questions."""
