"""One axis a file: what is changed, so that eager and captured may part."""
