"""The two ways in for people: the command line ``isnad`` and the web page."""
