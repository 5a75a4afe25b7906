"""What rules do not do themselves: keeping bytes, looking into files, typesetting, spreadsheets."""
