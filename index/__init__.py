"""Documents in, a searchable archive on disk out."""
