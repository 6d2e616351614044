"""Health, metrics, and later the API and the pages, on the third port."""
