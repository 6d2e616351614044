"""`python raise.py tuning|measuring`, in a folder that holds the modules beside it as package `shop`."""

import sys

from shop.harness import main

if __name__ == "__main__":
    main(sys.argv[1])
