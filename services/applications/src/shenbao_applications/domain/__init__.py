"""Rules of programmes, projects and applications: plain Python over values."""
