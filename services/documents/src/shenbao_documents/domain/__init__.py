"""Rules of files, prints and exports, over plain values."""
