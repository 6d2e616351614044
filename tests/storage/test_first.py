def test_it(database):
    database.check()
