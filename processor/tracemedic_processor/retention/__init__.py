"""Where data goes as it ages: from the database to the cold store, to the archive, and then it is deleted."""
