"""How the numbers in data/ were made. Nothing here runs in the product."""
