"""TraceLab in a notebook: the magics `%trace` and `%%trace`."""
