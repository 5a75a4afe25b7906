"""What services say to each other: one module of frozen dataclasses per publisher."""
